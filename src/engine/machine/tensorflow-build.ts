// Names the TensorFlow build that computes load, without loading it: what was proven or measured holds for one build only.
// Content, not time stamps: inside an Electron package files have none that last from one start to the next.
import { createHash, type Hash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fill, openToRead } from '@node/read-file'

const PACKAGE = '@tensorflow/tfjs-node-gpu'
/** Of an installation as set-up places it (scripts/setup/tfjs-binding.mjs), and of a runtime that the engine installs. */
export const SHIPPED_BINDING = 'lib/napi-v8/tfjs_binding.node'
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
/** Of a library of hundreds of megabytes its two ends: they hold the linker's build id and the tables of all sections. */
const END_BYTES = 64 * 1024

/** The binding that comes with the program. @throws when it is not installed */
export function shippedBinding(): string {
  const folder = path.dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`))
  return path.join(folder, SHIPPED_BINDING)
}

/** The folder in which a binding looks for TensorFlow's libraries. */
export const librariesOf = (binding: string): string => path.join(path.dirname(binding), '..', '..', 'deps', 'lib')

/** Whether the libraries of a binding are there, whatever is in them. */
export async function hasLibraries(binding: string): Promise<boolean> {
  const found = await Promise.all(
    LIBRARIES.map((name) =>
      stat(path.join(librariesOf(binding), name)).then(
        (info) => info.isFile(),
        () => false,
      ),
    ),
  )
  return found.every(Boolean)
}

async function addEnds(hash: Hash, file: string): Promise<void> {
  const { handle, size } = await openToRead(file, { what: 'library' })
  try {
    const end = Buffer.alloc(Math.min(END_BYTES, size))
    for (const position of [0, size - end.length]) {
      hash.update(end.subarray(0, await fill(handle, end, position)))
    }
    hash.update(String(size))
  } finally {
    await handle.close()
  }
}

/**
 * @param binding as a compute will load it; the one that comes with the program by default
 * @returns a short name that changes with the native libraries; `not installed` where they cannot be read
 */
export async function tensorflowBuild(binding?: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    const found = binding ?? shippedBinding()
    await addEnds(hash, found)
    for (const name of LIBRARIES) await addEnds(hash, path.join(librariesOf(found), name))
  } catch {
    return 'not installed' // the first compute says why, with what to do
  }
  return `tensorflow ${hash.digest('hex').slice(0, 16)}`
}
