// What lies in an unpacked application: the packages of its archive's node_modules, and how large each part is against its budget.
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { SetupFailure } from '../setup/failure.mjs'

const MODULES = 'node_modules/'

/** @returns {string | undefined} the package that a path below some node_modules belongs to */
function packageOf(name) {
  const place = name.replaceAll('\\', '/')
  const from = place.lastIndexOf(MODULES)
  return from < 0 ? undefined : /^(@[^/]+\/[^/]+|[^@/][^/]*)/.exec(place.slice(from + MODULES.length))?.[1]
}

/**
 * Names of the packages in an archive, those outside it for their native parts included.
 * @param {string} resources the application's folder `resources`
 * @returns {Promise<string[]>} sorted
 */
export async function carriedPackages(resources) {
  // Comes with electron-builder.
  const { listPackage } = await import('@electron/asar')
  const inside = listPackage(path.join(resources, 'app.asar'), { isPack: false })
  return [...new Set(inside.flatMap((name) => packageOf(name) ?? []))].sort()
}

const MIB = 1024 * 1024

/**
 * Parts of an application by where they lie, with the most that each may have in MiB. Measured in November 2026 (in brackets) with a
 * tenth to spare, and for the archive and the rest a few MiB: what outgrows that is looked at before it is let in.
 */
export const PARTS = [
  // [815]
  { title: 'TensorFlow', budget: 900, isIt: (name) => name.includes('/tfjs-node-gpu/') },
  // [44]
  { title: 'onnxruntime', budget: 50, isIt: (name) => name.includes('/onnxruntime-node/') },
  // [9]
  { title: 'SQLite', budget: 12, isIt: (name) => name.includes('/@libsql/') },
  // [95] What the command line runs in.
  { title: 'Node', budget: 125, isIt: (name) => /^resources\/node(\.exe)?$/.test(name) },
  // [7, of which 3.3 are the checkpoint that older runs go on with]
  { title: 'proposer', budget: 8, isIt: (name) => name.startsWith('resources/resources/') },

  // [28, of which 5 are the reader of HDF5 (Keras files), 4 the charts of reports, which engine and window bundle each for itself, and 2.6
  // the layout of pictures beside that of the window]
  { title: 'program', budget: 32, isIt: (name) => name.startsWith('resources/app.asar') },
  {
    title: 'menu entry and licences',
    budget: 3,
    isIt: (name) => /^(desktop\/|gpt-nas$|LICENSE\.txt|THIRD_PARTY|sbom|resources\/icon)/.test(name),
  },
  // What is left is the runtime's own. [200 for the stand-in; Electron 45 is larger]
  { title: 'Electron', budget: 330, isIt: () => true },
]

/** @returns {Promise<{ title: string, mebibytes: number, budget: number }[]>} @param {string} folder an unpacked application */
export async function packageSizes(folder) {
  const sums = PARTS.map(() => 0)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath ?? entry.path, entry.name)
    const name = path.relative(folder, file).replaceAll('\\', '/')
    sums[PARTS.findIndex(({ isIt }) => isIt(name))] += (await stat(file)).size
  }
  return PARTS.map(({ title, budget }, i) => ({ title, budget, mebibytes: sums[i] / MIB }))
}

/** @param {Awaited<ReturnType<typeof packageSizes>>} sizes @throws {SetupFailure} naming every part over its budget */
export function refuseOverBudget(sizes) {
  const over = sizes.filter(({ mebibytes, budget }) => mebibytes > budget)
  if (over.length === 0) return
  const named = over.map(({ title, mebibytes, budget }) => `${title} has ${mebibytes.toFixed(1)} MiB of ${budget}`)
  throw new SetupFailure(
    `The package outgrows its budget: ${named.join('; ')}.`,
    'Leave out what nothing loads (electron-builder.yml), or raise the budget in scripts/release/package-content.mjs and say why.',
  )
}

/** @param {Awaited<ReturnType<typeof packageSizes>>} sizes @returns {string} a table, a line a part */
export function sizeTable(sizes) {
  const all = sizes.reduce((sum, { mebibytes }) => sum + mebibytes, 0)
  const lines = [...sizes, { title: 'all', mebibytes: all, budget: sizes.reduce((sum, { budget }) => sum + budget, 0) }]
  return lines
    .map(({ title, mebibytes, budget }) => `  ${title.padEnd(24)} ${mebibytes.toFixed(1).padStart(8)} MiB of ${budget}`)
    .join('\n')
}
