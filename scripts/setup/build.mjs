// The bundles in out/, built again only when something they are made of has changed.
// By content, not by time: git sets the times of files to that of the checkout.
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { withLock } from './lock.mjs'
import { inModules, root } from './paths.mjs'
import { attempt } from './shell.mjs'

const SOURCES = ['src', 'electron.vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.base.json']
const stampFile = () => path.join(root, 'out', '.sources')

/** The command line's entry in the bundles. */
export const cliEntry = () => path.join(root, 'out', 'main', 'cli.js')

/**
 * Builds when out/ is missing or older than its sources.
 * @param {{ line: (text: string) => void }} report
 * @param {{ force?: boolean }} [options]
 * @returns {Promise<boolean>} whether a build ran
 * @throws {SetupFailure} with the bundler's output
 */
export async function buildIfStale(report, { force = false } = {}) {
  if (!force && (await isBuilt())) return false
  const onWait = (owner) => report.line(`Another build is running (${owner}); waiting for it.`)
  return withLock(
    inModules('.gpt-nas-build.lock'),
    async () => {
      if (!force && (await isBuilt())) return false
      report.line('Building')
      const wanted = await sourcesHash(root)
      await rm(stampFile(), { force: true })
      const bundler = inModules('electron-vite', 'bin', 'electron-vite.js')
      const { code, tail } = await attempt(process.execPath, [bundler, 'build'], { cwd: root })
      if (code !== 0)
        throw new SetupFailure(
          `The build failed:\n${tail}`,
          'Correct the sources named above and run the command again.',
        )
      await writeFile(stampFile(), wanted)
      return true
    },
    { onWait },
  )
}

async function isBuilt() {
  const stamp = await readFile(stampFile(), 'utf8').catch(() => undefined)
  return stamp !== undefined && stamp === (await sourcesHash(root))
}

/**
 * One hash of everything the bundles are made of, tests left out.
 * @param {string} folder a checkout
 * @returns {Promise<string>}
 */
export async function sourcesHash(folder) {
  const hash = createHash('sha256')
  for (const name of SOURCES) {
    for (const file of (await filesBelow(path.join(folder, name))).sort()) {
      hash.update(`${path.relative(folder, file)}\0`)
      hash.update(await readFile(file))
    }
  }
  return hash.digest('hex')
}

async function filesBelow(place) {
  const entries = await readdir(place, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return undefined
    if (error.code === 'ENOENT') return []
    throw error
  })
  if (!entries) return [place]
  const found = await Promise.all(
    entries.map((entry) => {
      const full = path.join(place, entry.name)
      if (entry.isDirectory()) return filesBelow(full)
      return entry.isFile() && !/\.test\.\w+$/.test(entry.name) ? [full] : []
    }),
  )
  return found.flat()
}
