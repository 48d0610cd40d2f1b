// File habits of set-up: hashes, downloads that are only kept when their hash fits, and folders that appear whole or not at all.
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { cp, lstat, mkdir, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { megabytes } from './reporter.mjs'
import { recordFiles } from './whole-folder.mjs'

/** @param {string} file @returns {Promise<string>} lower-case hexadecimal SHA-256 */
export async function sha256(file) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest('hex')
}

/** @param {string} file @returns {Promise<boolean>} whether something is there; a dangling link is not */
export async function exists(file) {
  return stat(file).then(
    () => true,
    () => false,
  )
}

/** Bytes of all files below a folder; what vanishes while looking counts as nothing. */
export async function folderBytes(folder) {
  let total = 0
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory()) total += await folderBytes(full)
    else if (entry.isFile()) total += (await stat(full).catch(() => ({ size: 0 }))).size
  }
  return total
}

/**
 * Gives `fill` an empty folder beside `target` and renames it into place when `fill` succeeds: after a crash or a failure the
 * target is either absent or complete. A target that exists meanwhile (set-up in another checkout) is replaced. The list of its
 * files is kept beside it (whole-folder.mjs).
 * @param {string} target
 * @param {(folder: string) => Promise<void>} fill
 */
export async function buildFolder(target, fill) {
  const parent = path.dirname(target)
  await mkdir(parent, { recursive: true })
  const temporary = path.join(parent, `.${path.basename(target)}.${randomBytes(6).toString('hex')}.partial`)
  await mkdir(temporary)
  try {
    await fill(temporary)
    await recordFiles(target, temporary)
    await rm(target, { recursive: true, force: true })
    await rename(temporary, target)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** Removes what an interrupted set-up left in a folder. Only the holder of the set-up lock may call it. */
export async function sweepPartials(folder) {
  const names = await readdir(folder).catch(() => [])
  await Promise.all(
    names
      .filter((name) => name.endsWith('.partial'))
      .map((name) => rm(path.join(folder, name), { recursive: true, force: true })),
  )
}

/**
 * Gets a pinned file: from `folder` when a file of that hash lies there, else by `download` into a temporary folder.
 * @param {{ file: string, sha256: string, bytes?: number }} pin
 * @param {string} folder where the file is kept
 * @param {(temporary: string) => Promise<void>} download must leave `pin.file` in the folder it is given
 * @returns {Promise<string>} the checked file's path
 * @throws {SetupFailure} when the file is missing after the download, or its size or hash differs
 */
export async function pinnedFile(pin, folder, download) {
  const target = path.join(folder, pin.file)
  if (await exists(target)) {
    if ((await sha256(target)) === pin.sha256) return target
    await rm(target, { force: true })
  }
  await mkdir(folder, { recursive: true })
  const temporary = path.join(folder, `.${randomBytes(6).toString('hex')}.partial`)
  await mkdir(temporary)
  try {
    await download(temporary)
    const got = path.join(temporary, pin.file)
    if (!(await exists(got))) {
      const seen = (await readdir(temporary)).join(', ') || 'nothing'
      throw new SetupFailure(
        `The download should have left ${pin.file}, but left ${seen}.`,
        'Run the command again; if it stays, report it.',
      )
    }
    await checkFile(got, pin)
    await rename(got, target)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return target
}

/** @throws {SetupFailure} when size or hash are not the pinned ones */
export async function checkFile(file, pin) {
  const { size } = await stat(file)
  if (pin.bytes !== undefined && size !== pin.bytes) {
    throw new SetupFailure(
      `${pin.file} has ${size} bytes (${megabytes(size)}), expected ${pin.bytes}: the download was cut off or replaced.`,
      'Run the command again; check the free disk space and any proxy that rewrites downloads.',
    )
  }
  const hash = await sha256(file)
  if (hash !== pin.sha256) {
    throw new SetupFailure(
      `${pin.file} has SHA-256 ${hash}, expected ${pin.sha256}: this is not the file this version was built with.`,
      'Run the command again; if it stays, do not use the file and report it.',
    )
  }
}

/**
 * Makes `link` point at the folder `target`, replacing an older link or folder. Windows gets a junction, which needs no rights.
 * @returns {Promise<void>}
 */
export async function linkFolder(target, link) {
  await mkdir(path.dirname(link), { recursive: true })
  const there = await lstat(link).catch(() => undefined)
  if (there?.isSymbolicLink() && path.resolve(path.dirname(link), await readlink(link)) === target) return
  if (there) await rm(link, { recursive: true, force: true })
  await symlink(target, link, process.platform === 'win32' ? 'junction' : 'dir')
}

/** Copies a file so that `target` is never seen half-written. */
export async function placeFile(source, target) {
  await mkdir(path.dirname(target), { recursive: true })
  const temporary = `${target}.${randomBytes(6).toString('hex')}.partial`
  await cp(source, temporary)
  await rename(temporary, target)
}
