// The one guard for every folder and file that a user names to be written: nothing that this program did not write is ever removed
// or overwritten. A new place and an empty folder are fine, an earlier output of ours where its own record matches its content;
// anything else is refused with the names of what is in the way. Links are followed to what they name, which is judged like anything
// else, and are never replaced themselves. How a file is written is whole-file.ts's, a folder whole-folder.ts's.
import { lstat, mkdtemp, readdir, realpath, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { kindOfEntry } from './entry-kind'
import { errorCode, fileError } from './file-error'
import { makeNamedFolder } from './folders'
import { readWhole } from './read-file'
import { PARTIAL_SUFFIX, sha256OfFile } from './whole-file'

/**
 * What an earlier output of ours consists of: SHA-256 (hexadecimal) by path below its folder with "/"; null for any content. A path
 * that ends in "/" stands for a folder with whatever it holds.
 */
export type KnownFiles = ReadonlyMap<string, string | null>

export interface OwnOutput {
  /** In words, for the advice: "an earlier export". */
  readonly what: string
  /** Told by the folder itself; undefined where it is no such output. */
  readonly known: (folder: string) => Promise<KnownFiles | undefined>
}

/** Largest record that is read: a few hundred files with their hashes come to some tens of kilobytes. */
const MAX_RECORD_BYTES = MIB
/** Names that a message tells; the rest is counted. */
const TOLD = 5

/**
 * An output that names its files in one of them, as JSON.
 * @param file name of the record, which may itself have any content that `read` takes for one of ours
 * @param read SHA-256 by path below the folder; undefined where the value is no such record
 */
export function ownRecord(
  what: string,
  file: string,
  read: (json: unknown) => ReadonlyMap<string, string> | undefined,
): OwnOutput {
  const known = async (folder: string): Promise<KnownFiles | undefined> => {
    const place = path.join(folder, file)
    const info = await entryAt(place)
    if (info?.isFile() !== true || info.size > MAX_RECORD_BYTES) return undefined
    const text = await readWhole(place, { what: 'record', maxBytes: MAX_RECORD_BYTES })
    const hashes = read(jsonOf(text.toString('utf8')))
    return hashes === undefined ? undefined : new Map<string, string | null>([...hashes, [file, null]])
  }
  return { what, known }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no record of ours
  }
}

/**
 * The place that a user means; relative to the working folder.
 * @throws AppError `invalid-input` for a name that is none, which `path.resolve` would take for the working folder
 */
export function absolutePlace(named: string, kind: 'file' | 'folder'): string {
  if (named.trim() === '')
    throw new AppError(
      'invalid-input',
      `A ${kind} was expected, an empty name came.`,
      'If it comes from a variable of your shell, that variable is not set.',
    )
  if (named.includes('\0'))
    throw new AppError('invalid-input', `The name of the ${kind} holds a null character.`, 'Choose another name.')
  return path.resolve(named)
}

async function entryAt(place: string) {
  try {
    return await lstat(place)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined
    throw fileError(`look at ${place}`, thrown)
  }
}

/** Where a link leads in the end; any other place itself. @throws AppError `conflict` for one that leads nowhere */
async function followed(place: string): Promise<string> {
  if ((await entryAt(place))?.isSymbolicLink() !== true) return place
  try {
    return await realpath(place)
  } catch (thrown) {
    throw new AppError(
      'conflict',
      `${place} is a link to something that is not there.`,
      'Name the place itself, or remove the link.',
      { cause: thrown },
    )
  }
}

/**
 * A folder that may be written as a whole, and whose content may then be replaced.
 * @returns its absolute path without a link at its end; it may not exist yet, nor what is above it
 * @throws AppError `invalid-input` for a name that is none, `conflict` naming what is in the way, `storage-failed`
 */
export async function safeFolder(named: string, own?: OwnOutput): Promise<string> {
  const folder = await followed(absolutePlace(named, 'folder'))
  if (await refuseAllButFolders(folder)) await refuseStrangers(folder, own)
  return folder
}

/**
 * Tries whether `safeFolder`'s folder can be made where it is to lie, before the work of hours that will be written there.
 * @throws AppError `storage-failed` where the disk refuses, such as one that is read-only
 */
export async function refuseUnwritable(folder: string): Promise<void> {
  let above = path.dirname(folder)
  while ((await entryAt(above)) === undefined && path.dirname(above) !== above) above = path.dirname(above)
  try {
    await rmdir(await mkdtemp(path.join(above, '.gptnas-')))
  } catch (thrown) {
    throw fileError(`make a folder in ${above}`, thrown)
  }
}

/**
 * A folder that files are added to, made where it is missing; whatever it holds stays.
 * @returns its absolute path without a link at its end
 * @throws AppError `invalid-input` for a name that is none, `conflict` where something else has it, `storage-failed`
 */
export async function folderToAddTo(named: string): Promise<string> {
  const folder = await followed(absolutePlace(named, 'folder'))
  await refuseAllButFolders(folder)
  makeNamedFolder(folder)
  return folder
}

/** @returns whether the folder is there */
async function refuseAllButFolders(folder: string): Promise<boolean> {
  const info = await entryAt(folder)
  if (info === undefined || info.isDirectory()) return info !== undefined
  throw new AppError(
    'conflict',
    `${folder} is ${info.isFile() ? 'a file' : kindOfEntry(info)}, not a folder. It is left as it is.`,
    'Choose another name for the folder.',
  )
}

/** @throws AppError `conflict` where `folder` holds anything that is not of an earlier output */
export async function refuseStrangers(folder: string, own?: OwnOutput, toldAs = folder): Promise<void> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    throw fileError(`look into ${folder}`, thrown)
  })
  if (names.length === 0) return
  const known = await own?.known(folder)
  const strangers = known === undefined ? names.sort() : await strangersIn(folder, known)
  if (strangers.length === 0) return
  const told = strangers.slice(0, TOLD).join(', ')
  const more = strangers.length > TOLD ? ` and ${strangers.length - TOLD} more` : ''
  const since = known === undefined ? '' : ', or that was changed since'
  throw new AppError(
    'conflict',
    `${toldAs} holds what this program did not write${since}: ${told}${more}. Nothing of it is touched.`,
    `Choose a new or empty folder${own === undefined ? '' : ` or one with ${own.what}`}, or move that away.`,
  )
}

/** The name of a file that a killed program was still writing, without what `writeFileWhole` adds to it. */
const unfinished = (name: string): string | undefined =>
  name.endsWith(PARTIAL_SUFFIX) ? /^(.+)\.[0-9a-f]{12}$/.exec(name.slice(0, -PARTIAL_SUFFIX.length))?.[1] : undefined

async function strangersIn(folder: string, known: KnownFiles, below = ''): Promise<string[]> {
  const strangers: string[] = []
  const entries = await readdir(path.join(folder, below), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = `${below}${entry.name}`
    if (entry.isDirectory() && known.has(`${name}/`)) continue
    if (entry.isDirectory() && [...known.keys()].some((file) => file.startsWith(`${name}/`)))
      strangers.push(...(await strangersIn(folder, known, `${name}/`)))
    else if (!entry.isFile() || !(await isOurs(folder, name, known))) strangers.push(name)
  }
  return strangers
}

async function isOurs(folder: string, name: string, known: KnownFiles): Promise<boolean> {
  const whole = unfinished(name)
  if (whole !== undefined && known.has(whole)) return true
  const expected = known.get(name)
  if (expected === undefined || expected === null) return expected === null
  return (await sha256OfFile(path.join(folder, name))) === expected
}

/**
 * An ordinary file, or a place where one may come, whatever it holds: where the user has been asked whether it may be replaced.
 * @returns its absolute path without a link at its end
 * @throws AppError `invalid-input` for a name that is none or a folder's, `not-found` without its folder, `conflict` for anything but a file
 */
export async function ordinaryFile(named: string): Promise<string> {
  if (named.endsWith('/') || named.endsWith(path.sep))
    throw new AppError(
      'invalid-input',
      `A file was expected, and ${named} names a folder.`,
      'Add the name that the file is to have.',
    )
  const file = await followed(absolutePlace(named, 'file'))
  const info = await entryAt(file)
  if (info === undefined) {
    const isFolderThere = await realpath(path.dirname(file)).then(
      () => true,
      () => false,
    )
    if (isFolderThere) return file
    throw new AppError(
      'not-found',
      `There is no folder ${path.dirname(file)} for the file.`,
      'Check the name, or make the folder first.',
    )
  }
  if (info.isFile()) return file
  throw new AppError(
    'conflict',
    `${file} is ${kindOfEntry(info)}, which no file may replace.`,
    'Choose another name for the file.',
  )
}

/**
 * A file that is not there yet, or holds exactly what is going to be written.
 * @param content left out where it is not known yet: the file must then be a new one
 * @returns its absolute path without a link at its end
 * @throws AppError as `ordinaryFile`; `conflict` where a file is there
 */
export async function safeFile(named: string, content?: string | Uint8Array): Promise<string> {
  const file = await ordinaryFile(named)
  const info = await entryAt(file)
  if (info === undefined) return file
  if (content !== undefined && info.size === Buffer.byteLength(content)) {
    const there = await readWhole(file, { what: 'file', maxBytes: info.size })
    if (there.equals(typeof content === 'string' ? Buffer.from(content) : content)) return file
  }
  throw new AppError(
    'conflict',
    `There is a file ${file} already. It is left as it is.`,
    'Choose another name, or move that file away.',
  )
}
