// Names the TensorFlow build that computes load, without loading it: what was proven or measured holds for one build only.
// Content, not time stamps: inside an Electron package files have none that last from one start to the next.
import { createHash, type Hash } from 'node:crypto'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fill, openToRead } from '@node/read-file'

const PACKAGE = '@tensorflow/tfjs-node-gpu'
/** Everything native of an installation, as set-up places it (scripts/setup/tfjs-binding.mjs). */
const PARTS = [
  'lib/napi-v8/tfjs_binding.node',
  'deps/lib/libtensorflow_cc.so.2',
  'deps/lib/libtensorflow_framework.so.2',
]
/** Of a library of hundreds of megabytes its two ends: they hold the linker's build id and the tables of all sections. */
const END_BYTES = 64 * 1024

/** Folder of the installed binding. @throws when it is not installed */
function bindingFolder(): string {
  return path.dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`))
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
 * @param folder of the binding; where it lies is found by default
 * @returns a short name that changes with the native libraries; `not installed` where they cannot be read
 */
export async function tensorflowBuild(folder?: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    const found = folder ?? bindingFolder()
    for (const part of PARTS) await addEnds(hash, path.join(found, part))
  } catch {
    return 'not installed' // the first compute says why, with what to do
  }
  return `tensorflow ${hash.digest('hex').slice(0, 16)}`
}
