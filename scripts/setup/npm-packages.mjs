// Step: node_modules as package-lock.json says.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { exists } from './files.mjs'
import { root } from './paths.mjs'
import { attempt } from './shell.mjs'

/** Disk and network figures of a measured `npm ci`; shown before it starts. */
const ABOUT = 'about 400 MB to download, 1.1 GB on disk'

export const npmPackages = {
  id: 'npm-packages',
  title: `npm packages (${ABOUT})`,
  isDone: () => matchesLock(root),
  async run(report) {
    report.line('    npm ci')
    const { code, tail } = await attempt('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root })
    if (code !== 0)
      throw new SetupFailure(
        `npm ci failed:\n${tail}`,
        "Check the network and npm's settings (npm config list), then run the command again.",
      )
  },
}

/**
 * Whether node_modules holds exactly what the lock names, by npm's own record of what it installed. A stamp of ours would call
 * a folder wrong that `npm install` brought up to date, and reinstall it.
 * @param {string} folder a checkout
 * @returns {Promise<boolean>}
 */
export async function matchesLock(folder) {
  const wanted = await packagesIn(path.join(folder, 'package-lock.json'))
  const installed = await packagesIn(path.join(folder, 'node_modules', '.package-lock.json'))
  if (!wanted || !installed) return false
  for (const [place, entry] of Object.entries(wanted)) {
    if (place === '') continue
    const there = installed[place]
    if (!there ? !entry.optional : there.version !== entry.version || there.integrity !== entry.integrity) return false
  }
  if (!Object.keys(installed).every((place) => place in wanted)) return false
  // npm's record outlives a folder that somebody removed.
  const manifests = Object.keys(installed).map((place) => exists(path.join(folder, place, 'package.json')))
  return (await Promise.all(manifests)).every(Boolean)
}

async function packagesIn(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text).packages
  } catch {
    return undefined
  }
}
