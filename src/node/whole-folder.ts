// A folder that appears whole or not at all: filled beside its place, then put there by its name. What was there before goes only
// when the new one is in its place, and comes back where that fails.
import { mkdtemp, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { diskError } from './disk'
import { errorCode, fileError } from './file-error'
import { makeFolder, syncFolder } from './folders'
import { refuseStrangers, safeFolder, type OwnOutput } from './safe-target'

/** Begins what is added to the name of a folder that is still being filled. */
const PARTIAL_MARK = '.partial-'

/** Whether a folder of that name is being filled, or was when its program was killed. */
export const isHalfWritten = (name: string): boolean => /\.partial-[A-Za-z0-9]{6}$/.test(name)

/** A new folder beside `folder`, on the same disk. */
export async function folderBeside(folder: string): Promise<string> {
  makeFolder(path.dirname(folder))
  return mkdtemp(`${folder}${PARTIAL_MARK}`)
}

/** Renames a finished folder to its place; where another process was faster, its folder stays. */
export async function publishFolder(temporary: string, folder: string): Promise<void> {
  try {
    await rename(temporary, folder)
  } catch (thrown) {
    const isThere = await stat(folder).then(
      () => true,
      () => false,
    )
    if (!isThere) throw thrown
  }
}

/**
 * Puts a finished folder in the place of another, if there is one.
 * @param mayGo asked of the old folder once nobody else finds it under its name; it comes back when that throws
 */
export async function replaceFolder(
  temporary: string,
  folder: string,
  mayGo?: (aside: string) => Promise<void>,
): Promise<void> {
  const aside = `${temporary}.old`
  const isMoved = await rename(folder, aside).then(
    () => true,
    (thrown: unknown) => {
      if (errorCode(thrown) !== 'ENOENT') throw thrown
      return false
    },
  )
  try {
    if (isMoved) await mayGo?.(aside)
    await publishFolder(temporary, folder)
  } catch (thrown) {
    if (isMoved) await rename(aside, folder)
    throw thrown
  }
  await syncFolder(path.dirname(folder))
  if (isMoved) await rm(aside, { recursive: true, force: true })
}

/**
 * Writes a folder that a user named: new, empty, or an earlier output of ours.
 * @param fill writes the files, flushed (`writeFileWhole`), into the folder it is given
 * @returns what `fill` gave, and the folder without a link at its end
 * @throws AppError as `safeFolder`, before `fill` is called and once more before anything goes; what `fill` throws
 */
export async function writeUserFolder<T>(
  named: string,
  own: OwnOutput,
  fill: (temporary: string) => Promise<T>,
): Promise<{ readonly folder: string; readonly result: T }> {
  const folder = await safeFolder(named, own)
  const temporary = await folderBeside(folder).catch((thrown: unknown) => {
    throw fileError(`make the folder ${folder}`, thrown)
  })
  try {
    const result = await fill(temporary)
    // An empty folder goes by a call that takes no other; whoever has put something there meanwhile is told below.
    if ((await readdir(folder).catch(() => [''])).length === 0) await rmdir(folder)
    await replaceFolder(temporary, folder, (aside) => refuseStrangers(aside, own, folder))
    return { folder, result }
  } catch (thrown) {
    throw await diskError(`write ${folder}`, path.dirname(folder), null, thrown)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
