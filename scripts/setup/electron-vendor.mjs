// Electron as its makers publish it, checked against the checksums in the installed npm package. The package's own installer is
// not used because it needs a newer Node than we ask for, and unpacks into node_modules where an interruption leaves half of it.
import { createWriteStream } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SetupFailure } from './failure.mjs'
import { buildFolder, exists, pinnedFile } from './files.mjs'
import { inCache, inModules } from './paths.mjs'
import { unzip } from './python.mjs'

/** How long the vendor may take to answer at all; a machine behind a closed firewall should not wait longer for its stand-in. */
const ANSWER_WITHIN = 5000

const fileName = (version) => `electron-v${version}-${process.platform}-${process.arch}.zip`
/** The address, honouring the mirror variable that Electron's own downloader knows. */
const address = (version) =>
  `${process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/'}v${version}/${fileName(version)}`

export const vendorFolder = (version) => inCache(`electron-${version}-${process.platform}-${process.arch}`)

/** @returns {Promise<string | undefined>} why the vendor's archive cannot be had; undefined when it can */
export async function hasVendor(version) {
  try {
    const answer = await fetch(address(version), { method: 'HEAD', signal: AbortSignal.timeout(ANSWER_WITHIN) })
    return answer.ok ? undefined : `${new URL(address(version)).host} answered ${answer.status}`
  } catch (error) {
    return error.cause?.code ?? error.message
  }
}

/** Downloads, checks and unpacks the vendor's archive into the cache. @throws {SetupFailure} */
export async function buildVendor(version, report) {
  const file = fileName(version)
  const checksums = JSON.parse(await readFile(inModules('electron', 'checksums.json'), 'utf8'))
  if (!checksums[file])
    throw new SetupFailure(`Electron ${version} has no build ${file}.`, 'Use a platform that Electron supports.')
  const zip = await pinnedFile({ file, sha256: checksums[file] }, inCache('downloads'), (folder) =>
    download(address(version), path.join(folder, file), report),
  )
  report.line('    unpacking')
  await buildFolder(vendorFolder(version), (folder) => unzip(zip, folder))
  await rm(zip)
}

/**
 * Downloads to a file; a broken connection is taken up where it broke, a few times.
 * @param {string} url
 * @param {string} target
 * @param {{ progress: (label: string, done: number, total: number) => void }} report
 * @throws {SetupFailure}
 */
export async function download(url, target, report, attempts = 4) {
  let reason = ''
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const have = (await exists(target)) ? (await stat(target)).size : 0
    try {
      const answer = await fetch(url, { headers: have > 0 ? { range: `bytes=${have}-` } : {} })
      if (answer.status === 416) return
      if (!answer.ok || !answer.body) throw new Error(`the server answered ${answer.status}`)
      const isResumed = answer.status === 206
      let done = isResumed ? have : 0
      const total = done + Number(answer.headers.get('content-length') ?? 0)
      const count = async function* (chunks) {
        for await (const chunk of chunks) {
          done += chunk.length
          report.progress(path.basename(target), done, total)
          yield chunk
        }
      }
      await pipeline(answer.body, count, createWriteStream(target, { flags: isResumed ? 'a' : 'w' }))
      return
    } catch (error) {
      reason = error.cause?.code ?? error.message
    }
  }
  throw new SetupFailure(
    `${url} could not be downloaded in ${attempts} attempts: ${reason}.`,
    'Check the network and run the command again.',
  )
}
