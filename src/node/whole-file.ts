// The one way a file is written: beside its place, flushed to the disk, then renamed, so that under its name it is whole or as it
// was before, whatever ends in between. Only an ordinary file is ever replaced, never a link, a folder or a device. Whether a
// place that a user named may be written over at all is safe-target.ts's.
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, constants, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { copyFile, link, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { diskError } from './disk'
import { kindOfEntry } from './entry-kind'
import { errorCode, fileError } from './file-error'
import { makeFolder, syncFolder } from './folders'
import { readInPieces } from './read-file'

/** Ends the name of a file that is still being written; what a killed program leaves is known by it. */
export const PARTIAL_SUFFIX = '.partial'

type Piece = string | Uint8Array
export type FileContent = Piece | Iterable<Piece> | AsyncIterable<Piece>

/** Random, because in containers every program has the same process id. */
const temporaryBeside = (file: string): string => `${file}.${randomBytes(6).toString('hex')}${PARTIAL_SUFFIX}`

/** What stops the cleaning up (the folder above is none) has stopped the writing before: that is what is told. */
const ofCleaning = (): undefined => undefined

const isPiece = (content: FileContent): content is Piece => typeof content === 'string' || content instanceof Uint8Array

/** Bytes of the content where they are known beforehand. */
function bytesOf(content: FileContent): number | null {
  if (isPiece(content)) return Buffer.byteLength(content)
  return Array.isArray(content) ? (content as Piece[]).reduce((sum, piece) => sum + Buffer.byteLength(piece), 0) : null
}

function refuseAllButFiles(file: string): void {
  const info = lstatSync(file, { throwIfNoEntry: false })
  if (info === undefined || info.isFile()) return
  throw new AppError(
    'conflict',
    `${file} is ${kindOfEntry(info)}, which no file may replace.`,
    'Choose another name for the file.',
  )
}

/**
 * Writes a file whole or not at all, with the folders above it. Pieces are written as they come; what makes them may throw.
 * @throws AppError `storage-failed`; `conflict` where something other than an ordinary file has the name; what the pieces throw
 */
export async function writeFileWhole(file: string, content: FileContent): Promise<void> {
  const temporary = temporaryBeside(file)
  try {
    makeFolder(path.dirname(file))
    refuseAllButFiles(file)
    const handle = await open(temporary, 'wx')
    try {
      // A single write may take less than it was given; the handle's writeFile loops, and goes on from where the file stands.
      if (isPiece(content)) await handle.writeFile(content)
      else for await (const piece of content) await handle.writeFile(piece)
      await handle.sync()
    } finally {
      await handle.close()
    }
    refuseAllButFiles(file)
    await rename(temporary, file)
    await syncFolder(path.dirname(file))
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(ofCleaning)
    throw await diskError(`write ${file}`, path.dirname(file), bytesOf(content), thrown)
  }
}

/** What file systems answer that know no second name for a file. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** Gives a whole file a name, unless something has it. @returns whether nothing had it */
async function nameUnlessTaken(temporary: string, file: string): Promise<boolean> {
  try {
    await link(temporary, file)
  } catch (thrown) {
    const code = errorCode(thrown) ?? ''
    if (code === 'EEXIST') return false
    if (!NO_LINKS.has(code)) throw thrown
    try {
      await copyFile(temporary, file, constants.COPYFILE_EXCL)
    } catch (cause) {
      if (errorCode(cause) === 'EEXIST') return false
      throw cause
    }
  }
  return true
}

/** Names that are tried before it is given up. */
const MOST_NAMES = 10_000

/**
 * As `writeFileWhole`, under the first name that nothing has: whatever takes a name meanwhile keeps it.
 * @param nameOf the i-th name to try, from 1; all in one folder
 * @returns the name that it has
 */
export async function writeNewFileWhole(nameOf: (i: number) => string, content: FileContent): Promise<string> {
  const first = nameOf(1)
  const temporary = temporaryBeside(first)
  try {
    await writeFileWhole(temporary, content)
    for (let i = 1; i <= MOST_NAMES; i++) {
      const file = nameOf(i)
      if (!(await nameUnlessTaken(temporary, file))) continue
      await rm(temporary)
      await syncFolder(path.dirname(file))
      return file
    }
    throw new AppError('conflict', `${first} and ${MOST_NAMES - 1} names like it are taken.`, 'Remove some of them.')
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(ofCleaning)
    throw await diskError(`write ${first}`, path.dirname(first), bytesOf(content), thrown)
  }
}

/** `writeFileWhole` for a program that is about to end and waits for nobody. The folder's entry is left to the system. */
export function writeFileWholeSync(file: string, content: Piece): void {
  const temporary = temporaryBeside(file)
  try {
    makeFolder(path.dirname(file))
    refuseAllButFiles(file)
    const handle = openSync(temporary, 'wx')
    try {
      writeFileSync(handle, content)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(temporary, file)
  } catch (thrown) {
    try {
      rmSync(temporary, { force: true })
    } catch {
      // Why it could not be written is what is told.
    }
    throw fileError(`write ${file}`, thrown)
  }
}

/** Moves a file that is on its disk already; whole or not at all also where the two places are on different disks. */
export async function moveFileWhole(file: string, place: string): Promise<void> {
  makeFolder(path.dirname(place))
  refuseAllButFiles(place)
  try {
    await rename(file, place)
  } catch (thrown) {
    if (errorCode(thrown) !== 'EXDEV') throw thrown
    const temporary = temporaryBeside(place)
    try {
      await copyFile(file, temporary)
      await syncFile(temporary)
      await rename(temporary, place)
    } catch (cause) {
      await rm(temporary, { force: true }).catch(ofCleaning)
      throw cause
    }
    await rm(file)
  }
  await syncFolder(path.dirname(place))
}

/** @returns the file's size in bytes, once it is on the disk */
export async function syncFile(file: string): Promise<number> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
    return (await handle.stat()).size
  } finally {
    await handle.close()
  }
}

/** Hexadecimal SHA-256 of a file, read in pieces. @throws AppError as `readInPieces` */
export async function sha256OfFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of readInPieces(file, { what: 'file', signal })) hash.update(piece)
  return hash.digest('hex')
}
