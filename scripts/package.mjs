// npm run package: the unpacked application in dist/, with its native parts and libtensorflow beside the archive, so that it
// starts on a machine without a checkout. The last line of standard output is the folder.
// --inspectable leaves Node's inspector on, which the tests of the package need.
import { realpath, rm } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { electronFolder, installedElectron } from './setup/electron-runtime.mjs'
import { root } from './setup/paths.mjs'
import { prepare } from './setup/prepare.mjs'

const { values } = parseArgs({ options: { inspectable: { type: 'boolean', default: false } } })
await prepare()

// Hard links would let the changes made to the package (the fuses) reach the cached runtime.
process.env.USE_HARD_LINKS = 'false'

// From the npm packages that set-up has just made sure of.
const { build, Platform } = await import('electron-builder')
await build({
  projectDir: root,
  targets: Platform.current().createTarget('dir'),
  publish: 'never',
  config: {
    electronDist: await realpath(electronFolder()),
    electronVersion: await installedElectron(),
    electronFuses: { enableNodeCliInspectArguments: values.inspectable },
    // The development runtime's default application and version file have no place in a package.
    afterPack: async ({ appOutDir }) => {
      for (const name of ['resources/default_app.asar', 'version'])
        await rm(path.join(appOutDir, name), { force: true })
    },
  },
})
process.stdout.write(`${path.join(root, 'dist', 'linux-unpacked')}\n`)
