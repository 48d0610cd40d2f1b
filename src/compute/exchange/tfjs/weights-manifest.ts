// Weights as tfjs's formats store them: one run of bytes cut into shards, and a manifest that says what lies where. Which weights a
// model has is the format's.
import { MIB } from '@shared/units'
import { levelsOf, type Grid } from '../rounding'

export interface ManifestWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array
  readonly grid?: Grid
}

/** As tfjs and its converter cut weights, so that a browser caches them. */
const SHARD_BYTES = 4 * MIB

function stored({ values, grid }: ManifestWeight): Buffer {
  const array = grid === undefined || values instanceof Int32Array ? values : levelsOf(values, grid)
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength)
}

function entry({ name, shape, values, grid }: ManifestWeight): Record<string, unknown> {
  const dtype = values instanceof Int32Array ? 'int32' : 'float32'
  return { name, shape, dtype, ...(grid && { quantization: { ...grid, original_dtype: 'float32' } }) }
}

/** @returns the shards as files, and the `weightsManifest` that names them */
export function weightFiles(weights: readonly ManifestWeight[]): {
  readonly files: readonly { readonly name: string; readonly content: Buffer }[]
  readonly manifest: readonly unknown[]
} {
  const bytes = Buffer.concat(weights.map(stored))
  const count = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES))
  const files = Array.from({ length: count }, (_, i) => ({
    name: `group1-shard${i + 1}of${count}.bin`,
    content: bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  }))
  return { files, manifest: [{ paths: files.map(({ name }) => name), weights: weights.map(entry) }] }
}
