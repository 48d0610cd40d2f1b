// Step: libtensorflow and its C headers, out of TensorFlow's own wheel, once per cache.
// The CUDA build goes in here too: a second pin (`tensorflow` 2.21.0 and the `nvidia-*-cu12` wheels that it names, unpacked
// beside it), chosen where an NVIDIA driver is found. The binding is the same for both.
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { buildFolder } from './files.mjs'
import { inCache } from './paths.mjs'
import pins from './pins.mjs'
import { fetchWheel, unzip } from './python.mjs'
import { megabytes } from './reporter.mjs'
import { isWhole } from './whole-folder.mjs'

const pin = pins.tensorflow.cpu

/** The libraries that the tfjs binding links. */
export const LIBRARY_FILES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
/** Licences of what is linked in; they travel with the libraries into a package. */
const NOTICES = 'THIRD_PARTY_NOTICES.txt'
/** The parts of the headers that the C API includes; the whole is 100 MB more. */
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/', 'LICENSE']

/** A folder that an earlier set-up left without a list of its files has at least these. */
const ESSENTIAL = [...LIBRARY_FILES, NOTICES].map((name) => `lib/${name}`).concat('include/tensorflow/c/c_api.h')

/** Where libtensorflow is kept: `lib/` and `include/` below it. */
export const tensorflowFolder = () => inCache(`${pin.name}-${pin.version}`)

export const tensorflow = {
  id: 'tensorflow',
  title: `TensorFlow ${pin.version}, CPU build (${megabytes(pin.bytes)} to download, 860 MB on disk)`,
  isDone: () => isWhole(tensorflowFolder(), ESSENTIAL),
  async run(report) {
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      throw new SetupFailure(
        `No TensorFlow build is pinned for ${process.platform} ${process.arch}.`,
        'Use Linux on x86-64: the only platform this version supports.',
      )
    }
    const wheel = await fetchWheel(pin, report)
    report.line('    unpacking')
    await buildFolder(tensorflowFolder(), async (folder) => {
      const kept = [...LIBRARY_FILES, NOTICES]
      await unzip(
        wheel,
        folder,
        [...kept, ...HEADERS.map((name) => `include/${name}`)].map((name) => `tensorflow/${name}`),
      )
      const unpacked = path.join(folder, 'tensorflow')
      await mkdir(path.join(folder, 'lib'))
      for (const name of kept) await rename(path.join(unpacked, name), path.join(folder, 'lib', name))
      await rename(path.join(unpacked, 'include'), path.join(folder, 'include'))
      await rm(unpacked, { recursive: true })
    })
    await rm(wheel)
  },
}
