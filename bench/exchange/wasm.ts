// tfjs on its WebAssembly backend, a dependency of development alone: the product does not need it, a bench that wants pictures of 224
// pixels does. Where it was left out, plain tfjs is taken.
import { createRequire } from 'node:module'
import path from 'node:path'
import type * as PlainTensorFlow from '@tensorflow/tfjs'
import { checkout } from '../harness'

const PACKAGE = '@tensorflow/tfjs-backend-wasm'
const fromCheckout = createRequire(path.join(checkout, 'package.json'))

/** The folder of its binaries; undefined where it is not installed. */
function place(): string | undefined {
  try {
    return path.dirname(fromCheckout.resolve(PACKAGE))
  } catch {
    return undefined // plain tfjs is slower and always there
  }
}

export const hasWasm = (): boolean => place() !== undefined

/**
 * Plain tfjs whose readers, which choose its CPU backend, get the wasm backend where that is installed.
 * @returns the module itself without it
 */
export async function tfjsOnWasm(): Promise<typeof PlainTensorFlow> {
  const tf = fromCheckout('@tensorflow/tfjs') as typeof PlainTensorFlow
  const folder = place()
  if (folder === undefined) return tf
  const { setWasmPaths } = fromCheckout(PACKAGE) as { setWasmPaths(folder: string): void }
  setWasmPaths(`${folder}${path.sep}`)
  if (!(await tf.setBackend('wasm'))) throw new Error(`${PACKAGE} is installed, and its backend does not start`)
  return { ...tf, setBackend: () => tf.setBackend('wasm') }
}
