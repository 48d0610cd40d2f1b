// Splits of random pixels on disk, larger than one would hold in memory.
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SplitFiles } from '../../src/shared/contract/compute'
import { createRandom } from '../../src/shared/random'

export const CLASSES = 10
/** Random bytes are made once and repeated, at an offset that is no multiple of an image. */
const BLOCK_BYTES = 8 * 1024 * 1024 + 7

export interface Written {
  readonly data: SplitFiles
  readonly trainIndices: string
  readonly validationIndices: string
}

/** @param validation images at the end that are not trained on */
export async function writeSplit(
  folder: string,
  name: string,
  shape: readonly [number, number, number],
  count: number,
  validation: number,
): Promise<Written> {
  const random = createRandom(count)
  const block = Uint8Array.from({ length: BLOCK_BYTES }, () => random.integer(256))
  const path = (kind: string): string => join(folder, `${name}.${kind}`)
  const file = await open(path('images'), 'w')
  try {
    let left = count * shape[0] * shape[1] * shape[2]
    while (left > 0) left -= (await file.write(block, 0, Math.min(left, block.length))).bytesWritten
  } finally {
    await file.close()
  }
  const labels = Uint8Array.from({ length: count }, () => random.integer(CLASSES))
  await writeFile(path('labels'), labels)
  const indices = async (kind: string, from: number, to: number): Promise<string> => {
    const rows = Int32Array.from({ length: to - from }, (_, i) => from + i)
    await writeFile(path(kind), new Uint8Array(rows.buffer))
    return path(kind)
  }
  const perChannel = (value: number): number[] => new Array<number>(shape[2]).fill(value)
  return {
    data: {
      images: path('images'),
      labels: path('labels'),
      count,
      shape: [...shape],
      classes: CLASSES,
      mean: perChannel(0.5),
      deviation: perChannel(0.25),
    },
    trainIndices: await indices('train', 0, count - validation),
    validationIndices: await indices('validation', count - validation, count),
  }
}
