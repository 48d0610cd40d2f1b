// npm run package: the unpacked application in dist/, with its native parts and libtensorflow beside the archive, so that it
// starts on a machine without a checkout. The last line of standard output is the folder.
// --archive packs that folder as one .tar.gz; --target AppImage,deb,rpm makes installers, with tools that electron-builder fetches.
// --for-testing packs whatever Electron is there, the stand-in included, leaves Node's inspector on, which the tests of the package
// need, and marks the package: by its name, its folder and a notice in its window. Nobody should be given such a package.
import { readFile, realpath, rm } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { electronExecutable, electronFolder, installedElectron, wantedElectron } from './setup/electron-runtime.mjs'
import { root } from './setup/paths.mjs'
import { orExit, prepare } from './setup/prepare.mjs'
import { archiveOf } from './release/archive.mjs'
import { makeInstallers } from './release/installers.mjs'
import { laterFuses } from './release/fuses.mjs'
import { carryNode, nodePart } from './release/node-runtime.mjs'
import { carriedPackages, packageSizes, refuseOverBudget, sizeTable } from './release/package-content.mjs'
import { packageOptions, TARGETS, targetsOf } from './release/package-options.mjs'
import { partsOf, writeThirdParty } from './release/third-party.mjs'

const { forTesting, isArchived, targets } = readOptions()
await prepare()
const electronVersion = await installedElectron()
const options = await orExit(async () =>
  packageOptions({
    forTesting,
    electronVersion,
    wanted: await wantedElectron(),
    updateFeed: process.env.GPTNAS_UPDATE_FEED,
  }),
)
const { fuses, missing } = await laterFuses(electronExecutable())
if (missing.length > 0)
  process.stderr.write(`Electron ${electronVersion} has no such fuses, so they cannot be set: ${missing.join(', ')}\n`)

// Hard links would let the changes made to the package (the fuses) reach the cached runtime.
process.env.USE_HARD_LINKS = 'false'

// From the npm packages that set-up has just made sure of.
const { build, Platform } = await import('electron-builder')
await build({
  projectDir: root,
  targets: Platform.current().createTarget('dir'),
  publish: 'never',
  config: {
    ...options,
    electronDist: await realpath(electronFolder()),
    electronVersion,
    electronFuses: { ...fuses, enableNodeCliInspectArguments: forTesting },
    // The development runtime's default application and version file have no place in a package.
    afterPack: async ({ appOutDir }) => {
      for (const name of ['resources/default_app.asar', 'version'])
        await rm(path.join(appOutDir, name), { force: true })
      await carryNode(path.join(appOutDir, 'resources'))
    },
  },
})
const folder = path.join(root, options.directories.output, 'linux-unpacked')
// The stand-in for node-pre-gyp is ours.
const carried = (await carriedPackages(path.join(folder, 'resources'))).filter(
  (name) => name !== '@mapbox/node-pre-gyp',
)
const application = { product: options.productName, electron: electronVersion }
await orExit(async () => writeThirdParty(folder, await partsOf(carried), await nodePart(), application))
const sizes = await packageSizes(folder)
process.stdout.write(`${sizeTable(sizes)}\n`)
await orExit(async () => refuseOverBudget(sizes))
if (isArchived) {
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  const name = `gpt-nas-workbench-${version}${forTesting ? '-for-testing' : ''}-linux-x64`
  const file = await orExit(async () => archiveOf(folder, name))
  process.stdout.write(`${file}\n`)
}
if (targets.length > 0) {
  // Of the finished folder, so that what users get is what was measured and tested.
  const making = {
    projectDir: root,
    prepackaged: folder,
    targets: Platform.LINUX.createTarget(targets),
    publish: 'never',
    config: { ...options, electronVersion },
  }
  const made = await orExit(async () => makeInstallers(targets, () => build(making)))
  for (const file of made) process.stdout.write(`${file}\n`)
}
process.stdout.write(`${folder}\n`)

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        'for-testing': { type: 'boolean', default: false },
        archive: { type: 'boolean', default: false },
        target: { type: 'string' },
      },
    })
    return { forTesting: values['for-testing'], isArchived: values.archive, targets: targetsOf(values.target) }
  } catch (error) {
    process.stderr.write(
      `${error.message}\nUsage: npm run package -- [--for-testing] [--archive] [--target ${TARGETS.join(',')}]\n`,
    )
    process.exit(2)
  }
}
