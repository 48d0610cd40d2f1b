// One wheel, whole and as pinned: from where it lies already, or downloaded, going on with the half that an earlier attempt left.
import { open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { WheelPin } from '@shared/runtime/tensorflow-builds'
import { refuseCancelled } from '@node/cancel'
import { typed } from '@node/command-line'
import { diskError } from '@node/disk'
import { makeFolder } from '@node/folders'
import { readInPieces } from '@node/read-file'
import { delay } from '@node/waiting'
import { createHash } from 'node:crypto'
import { get, NetworkError, type Answer } from './http'
import { wheelAddress } from './package-index'
import type { Telling } from './progress'

/** Attempts that bring nothing new before it is given up; a line that is slow but alive goes on for ever. */
const ATTEMPTS = 4
const PAUSE_MS = 1000

export interface DownloadOptions {
  /** Where halves and whole wheels are kept. */
  readonly folder: string
  readonly index: string | undefined
  readonly tell: Telling
  readonly signal: AbortSignal
  /** Between two attempts; replaced in tests. */
  readonly pauseMs?: number
}

/**
 * @returns the checked file in `options.folder`
 * @throws AppError `not-found`, `runtime-missing` where it cannot be had, `storage-failed`, `cancelled`
 */
export async function downloadWheel(pin: WheelPin, options: DownloadOptions): Promise<string> {
  const { folder, tell, signal } = options
  const file = path.join(folder, pin.file)
  if (await isAsPinned(file, pin, tell, signal)) return file
  makeFolder(folder)
  const half = `${file}.part`
  for (let attempt = 0; ; attempt++) {
    await fetchRest(half, pin, options)
    if (await isAsPinned(half, pin, tell, signal)) break
    await rm(half, { force: true })
    // The half of an earlier day may have been damaged: once more from its beginning.
    if (attempt === 1) throw notAsPinned(pin)
  }
  await rename(half, file)
  return file
}

async function fetchRest(half: string, pin: WheelPin, options: DownloadOptions): Promise<void> {
  const { signal, pauseMs = PAUSE_MS } = options
  let address: string | undefined
  let furthest = await sizeOf(half)
  for (let failures = 0; ;) {
    refuseCancelled(signal)
    const before = await sizeOf(half)
    if (before > pin.bytes) await rm(half)
    else if (before === pin.bytes) return
    try {
      address ??= await wheelAddress(pin, options.index, signal)
      await append(half, address, pin, options)
    } catch (thrown) {
      if (!(thrown instanceof NetworkError)) throw thrown
      const reached = await sizeOf(half)
      failures = reached > furthest ? 0 : failures + 1
      furthest = Math.max(furthest, reached)
      if (failures >= ATTEMPTS) throw unreachable(pin, thrown)
      await delay(pauseMs, signal)
    }
  }
}

/** Adds to the half what the server still has of it. */
async function append(half: string, address: string, pin: WheelPin, options: DownloadOptions): Promise<void> {
  const { signal, tell, folder } = options
  const have = await sizeOf(half)
  const answer = await get(address, have, 'application/octet-stream, */*;q=0.5', signal)
  const start = startOf(answer, have)
  if (start === null) {
    answer.body.destroy()
    if (answer.status === 416) await rm(half, { force: true })
    throw new NetworkError(`${answer.url.host} answered ${answer.status} for ${pin.file}`)
  }
  const handle = await open(half, start === 0 ? 'w' : 'a')
  let done = start
  try {
    for await (const piece of answer.body as AsyncIterable<Buffer>) {
      done += piece.length
      if (done > pin.bytes) throw notAsPinned(pin)
      await handle.writeFile(piece)
      tell('downloading', pin, done, pin.bytes)
    }
  } catch (thrown) {
    answer.body.destroy()
    if (signal.aborted) throw new AppError('cancelled', 'The download was cancelled.')
    if (thrown instanceof AppError) throw thrown
    const told = await diskError(`write ${half}`, folder, pin.bytes - done, thrown)
    if (told instanceof AppError) throw told
    throw new NetworkError(`the connection to ${answer.url.host} broke: ${String(thrown)}`, { cause: thrown })
  } finally {
    await handle.close()
  }
  if (done < pin.bytes) throw new NetworkError(`${answer.url.host} ended after ${done} of ${pin.bytes} bytes`)
}

/** The byte that a body begins with; null where it is not the wanted file. */
function startOf({ status, body }: Answer, have: number): number | null {
  if (status === 200) return 0
  const first = /^bytes (\d+)-/.exec(body.headers['content-range'] ?? '')?.[1]
  return status === 206 && Number(first) === have ? have : null
}

/** Whether a file has the pinned size and hash. @throws AppError `cancelled` */
export async function isAsPinned(file: string, pin: WheelPin, tell: Telling, signal: AbortSignal): Promise<boolean> {
  if ((await sizeOf(file)) !== pin.bytes) return false
  const hash = createHash('sha256')
  let done = 0
  for await (const piece of readInPieces(file, { what: 'wheel', signal })) {
    hash.update(piece)
    done += piece.length
    tell('verifying', pin, done, pin.bytes)
  }
  return hash.digest('hex') === pin.sha256
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    (info) => (info.isFile() ? info.size : 0),
    () => 0,
  )

const notAsPinned = (pin: WheelPin): AppError =>
  new AppError(
    'runtime-missing',
    `${pin.file} did not come as it is pinned: ${pin.bytes} bytes with SHA-256 ${pin.sha256}.`,
    'A proxy or a mirror may have changed it. Use another network or index, or install from files.',
  )

const unreachable = (pin: WheelPin, cause: Error): AppError =>
  new AppError(
    'runtime-missing',
    `${pin.file} could not be downloaded: ${cause.message}.`,
    'Check the network and try again: it goes on where it stood. Without a network, fetch the wheels on another machine and install from their folder.',
    { cause, commandLine: `Type "${typed('runtime install ID --from FOLDER')}".` },
  )
