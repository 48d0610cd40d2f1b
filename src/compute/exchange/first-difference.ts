// Where an export that computes otherwise begins to: the values of the trained network on one image, node by node, beside those of the
// files. The two sides are in different processes; the trained one's values come as a file of arrays.
import type { SplitFiles } from '@shared/contract/compute'
import type { FirstDifference } from '@shared/contract/exports'
import type { ExportFormat } from '@shared/exchange/formats'
import { required } from '@shared/required'
import { readRows } from '../data/split-data'
import { readArrayFile } from '../networks/array-file'
import { FORMATS } from './formats'

export interface DifferenceJob {
  readonly format: ExportFormat
  /** Of the export. */
  readonly folder: string
  readonly data: SplitFiles
  readonly index: number
  /** Array file of the trained network's values on that image, in the order of its nodes (trace.ts). */
  readonly trained: string
  /** Relative to the largest value of a node. */
  readonly tolerance: number
}

/** Relative to the largest of `ours`; infinite where one side is no finite number and the other is. */
export function relativeDifference(ours: Float32Array, theirs: Float32Array): number {
  let largest = 0
  let difference = 0
  for (let i = 0; i < ours.length; i++) {
    const [a, b] = [ours[i]!, theirs[i]!]
    if (!Number.isFinite(a) || !Number.isFinite(b)) {
      if (Object.is(a, b)) continue
      return Infinity
    }
    largest = Math.max(largest, Math.abs(a))
    difference = Math.max(difference, Math.abs(a - b))
  }
  return difference === 0 ? 0 : difference / largest
}

/**
 * @returns the first node, in the network's order, whose values differ by more than the tolerance; null where none that the files
 *   still have as a value of its own does
 * @throws AppError `not-found`, `invalid-input`, `storage-failed`, `dataset-damaged`
 */
export async function firstDifference({
  format,
  folder,
  data,
  index,
  trained,
  tolerance,
}: DifferenceJob): Promise<FirstDifference | null> {
  const { values } = FORMATS[format]
  if (values === null) return null
  const { images, shape } = await readRows(data, [index])
  const { arrays } = await readArrayFile(trained)
  const theirs = await values({ folder, pixels: images, shape, nodes: arrays.map(({ name }) => name) })
  const found = arrays.find(({ name, values: ours }) => {
    const other = theirs.get(name)
    return other !== undefined && !(relativeDifference(ours, other) <= tolerance)
  })
  if (found === undefined) return null
  const difference = relativeDifference(found.values, required(theirs, found.name, 'value'))
  return { layer: found.name, difference: Math.min(difference, Number.MAX_VALUE) }
}
