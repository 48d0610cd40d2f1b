// Whether a folder of the cache still holds everything that set-up put there: a list of its files with their sizes lies beside it,
// written before the folder appears. Names and sizes, because hashing a gigabyte at every start would cost seconds: what was
// removed, cut off or left half-copied is noticed; a file of the right size and another content is not.
import { randomBytes } from 'node:crypto'
import { lstat, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'

const listFile = (folder) => path.join(path.dirname(folder), `${path.basename(folder)}.files.json`)

/**
 * Whether everything in a folder's list is there with its size. Files that came later are none of its business.
 * @param {string} folder a folder made by `buildFolder`
 * @param {string[]} essential names below it that an earlier set-up, which kept no list, must have left; the list is then made
 * @returns {Promise<boolean>}
 */
export async function isWhole(folder, essential) {
  const list = await readList(folder)
  if (list) return hasAll(folder, list)
  const sizes = await Promise.all(essential.map((name) => sizeOf(path.join(folder, name))))
  if (sizes.some((size) => !size)) return false
  // Without the right to write, the next start asks for the essential files again.
  await recordFiles(folder).catch(() => undefined)
  return true
}

/**
 * Writes the list of what a folder holds now.
 * @param {string} folder whose list it is
 * @param {string} [source] where its files lie until they are in place
 */
export async function recordFiles(folder, source = folder) {
  const files = Object.fromEntries((await filesBelow(source)).sort(([a], [b]) => (a < b ? -1 : 1)))
  const temporary = `${listFile(folder)}.${randomBytes(6).toString('hex')}.partial`
  await writeFile(temporary, JSON.stringify({ files }, null, 1))
  await rename(temporary, listFile(folder))
}

/** Size in bytes by path; undefined when there is no list, or none that can be read. */
async function readList(folder) {
  try {
    const { files } = JSON.parse(await readFile(listFile(folder), 'utf8'))
    return Object.entries(files).length > 0 ? files : undefined
  } catch {
    return undefined // absent or damaged: the folder is judged as one without a list
  }
}

async function hasAll(folder, files) {
  const checked = await Promise.all(
    Object.entries(files).map(async ([name, size]) => (await sizeOf(path.join(folder, name))) === size),
  )
  return checked.every(Boolean)
}

const sizeOf = (file) =>
  lstat(file).then(
    (info) => (info.isDirectory() ? undefined : info.size),
    () => undefined,
  )

async function filesBelow(folder, below = '') {
  const entries = await readdir(path.join(folder, below), { withFileTypes: true })
  const found = await Promise.all(
    entries.map(async (entry) => {
      const name = path.posix.join(below, entry.name)
      if (entry.isDirectory()) return filesBelow(folder, name)
      return [[name, (await lstat(path.join(folder, name))).size]]
    }),
  )
  return found.flat()
}
