// One file, whole and as pinned: from where it lies already, or downloaded, going on with the half that an earlier attempt left. Where it
// is had and how a failure is told is the caller's.
import { createHash } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { refuseCancelled } from '@node/cancel'
import { diskError } from '@node/disk'
import { makeFolder } from '@node/folders'
import { readInPieces } from '@node/read-file'
import { delay } from '@node/waiting'
import { get, NetworkError, type Answer } from './http'

/** Attempts that bring nothing new before it is given up; a line that is slow but alive goes on for ever. */
const ATTEMPTS = 4
const PAUSE_MS = 1000

export interface FilePin {
  /** Its name, of one part. */
  readonly file: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/** How far a file is in a step, in bytes; called as often as pieces come. */
export type Telling = (step: 'downloading' | 'verifying', done: number, total: number) => void

export interface PinnedDownload {
  /** Where the half and the whole file are kept. */
  readonly folder: string
  /** Asked at most once. @throws NetworkError, which is tried again; AppError, which is not */
  readonly address: () => Promise<string>
  readonly tell: Telling
  readonly signal: AbortSignal
  /** Why it cannot be had, after the last attempt. */
  readonly unreachable: (cause: NetworkError) => AppError
  /** What came is not what is pinned, twice. */
  readonly changed: () => AppError
  /** Between two attempts; replaced in tests. */
  readonly pauseMs?: number
}

/**
 * @returns the checked file in `folder`
 * @throws AppError what `unreachable`, `changed` and `address` make; `storage-failed`, `cancelled`
 */
export async function downloadPinned(pin: FilePin, download: PinnedDownload): Promise<string> {
  const { folder } = download
  const file = path.join(folder, pin.file)
  if (await isAsPinned(file, pin, download)) return file
  makeFolder(folder)
  const half = halfOf(file)
  for (let attempt = 0; ; attempt++) {
    await fetchRest(half, pin, download)
    if (await isAsPinned(half, pin, download)) break
    await rm(half, { force: true })
    // The half of an earlier day may have been damaged: once more from its beginning.
    if (attempt === 1) throw download.changed()
  }
  await rename(half, file)
  return file
}

/** The name of what has come of a file so far. */
export const halfOf = (file: string): string => `${file}.part`

async function fetchRest(half: string, pin: FilePin, download: PinnedDownload): Promise<void> {
  const { signal, pauseMs = PAUSE_MS } = download
  let address: string | undefined
  let furthest = await sizeOf(half)
  for (let failures = 0; ;) {
    refuseCancelled(signal)
    const before = await sizeOf(half)
    if (before > pin.bytes) await rm(half)
    else if (before === pin.bytes) return
    try {
      address ??= await download.address()
      await append(half, address, pin, download)
    } catch (thrown) {
      if (!(thrown instanceof NetworkError)) throw thrown
      const reached = await sizeOf(half)
      failures = reached > furthest ? 0 : failures + 1
      furthest = Math.max(furthest, reached)
      if (failures >= ATTEMPTS) throw download.unreachable(thrown)
      await delay(pauseMs, signal)
    }
  }
}

/** Adds to the half what the server still has of it. */
async function append(half: string, address: string, pin: FilePin, download: PinnedDownload): Promise<void> {
  const { signal, tell, folder } = download
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
      if (done > pin.bytes) throw download.changed()
      await handle.writeFile(piece)
      tell('downloading', done, pin.bytes)
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
export async function isAsPinned(
  file: string,
  pin: FilePin,
  { tell, signal }: { readonly tell: Telling; readonly signal: AbortSignal },
): Promise<boolean> {
  if ((await sizeOf(file)) !== pin.bytes) return false
  const hash = createHash('sha256')
  let done = 0
  for await (const piece of readInPieces(file, { what: 'download', signal })) {
    hash.update(piece)
    done += piece.length
    tell('verifying', done, pin.bytes)
  }
  return hash.digest('hex') === pin.sha256
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    (info) => (info.isFile() ? info.size : 0),
    () => 0,
  )
