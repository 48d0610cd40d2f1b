// Step: the native binding of tfjs-node-gpu, compiled from the package's own sources against our libtensorflow, and placed where
// upstream's installer would have put it, so that a plain require finds both.
import { mkdir, readFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { SetupFailure } from './failure.mjs'
import { buildFolder, exists, linkFolder, placeFile } from './files.mjs'
import { isWhole } from './whole-folder.mjs'
import { inCache, inModules } from './paths.mjs'
import { attempt } from './shell.mjs'
import { LIBRARY_FILES, tensorflowFolder } from './tensorflow.mjs'

/** Node-API 8: the newest that tfjs-node's package.json names and that Electron 22 has. */
const NAPI = 8
const BINDING = 'tfjs_binding.node'
const packageFolder = () => inModules('@tensorflow', 'tfjs-node-gpu')
const placed = () => path.join(packageFolder(), 'lib', `napi-v${NAPI}`, BINDING)
const libraryLink = () => path.join(packageFolder(), 'deps', 'lib')

/** Changes with the sources' version, TensorFlow and the way of compiling: the cache then gets a new binding. */
function builtFolder() {
  const { version } = JSON.parse(readFileSync(path.join(packageFolder(), 'package.json'), 'utf8'))
  const recipe = createHash('sha256')
    .update(JSON.stringify(compilerArguments('', '')))
    .digest('hex')
    .slice(0, 8)
  return inCache(`tfjs-binding-${version}-${path.basename(tensorflowFolder())}-${recipe}`)
}

function compilerArguments(library, output) {
  return [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${NAPI}`],
    ...[`-I${path.join(library, 'include')}`, `-I${output ? inModules('node-api-headers', 'include') : ''}`],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) =>
      output ? path.join(packageFolder(), 'binding', name) : name,
    ),
    ...['-o', output, `-L${path.join(library, 'lib')}`, ...LIBRARY_FILES.map((name) => `-l:${name}`)],
    // Upstream's layout: lib/napi-v8/tfjs_binding.node beside deps/lib.
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ]
}

export const tfjsBinding = {
  id: 'tfjs-binding',
  title: 'tfjs binding (compiled, about ten seconds)',
  async isDone() {
    if (!(await exists(placed())) || !(await isWhole(builtFolder(), [BINDING]))) return false
    for (const name of LIBRARY_FILES) if (!(await exists(path.join(libraryLink(), name)))) return false
    const [have, want] = await Promise.all(
      [placed(), path.join(builtFolder(), BINDING)].map((file) => readFile(file).catch(() => undefined)),
    )
    return have !== undefined && want !== undefined && have.equals(want)
  },
  async run(report) {
    const built = builtFolder()
    if (!(await isWhole(built, [BINDING]))) {
      report.line('    g++')
      await buildFolder(built, async (folder) => {
        const { code, tail } = await attempt('g++', compilerArguments(tensorflowFolder(), path.join(folder, BINDING)))
        if (code === 127)
          throw new SetupFailure(
            'A C++ compiler is needed and g++ was not found.',
            'Debian, Ubuntu: sudo apt-get install g++',
          )
        if (code !== 0)
          throw new SetupFailure(`g++ could not compile the tfjs binding:\n${tail}`, 'C++17 is needed: g++ 9 or newer.')
      })
    }
    await mkdir(path.dirname(placed()), { recursive: true })
    await placeFile(path.join(built, BINDING), placed())
    await linkFolder(path.join(tensorflowFolder(), 'lib'), libraryLink())
  },
}
