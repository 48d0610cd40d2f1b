// Which images train and which validate: stratified, seeded, drawn from the train split only. The test split has no way in.
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import type { DataSelection } from '@shared/search/run'
import { validationImagesOf } from '@shared/search/validation-share'

export interface Split {
  /** Ascending indices into the train split. */
  readonly train: Int32Array
  readonly validation: Int32Array
}

/**
 * Draws validation images first, then training images from the rest, both in proportion to the classes. For one seed the
 * validation images do not depend on how many train, and fewer training images are a subset of more.
 * @param labels class of every image of the train split.
 * @throws AppError `invalid-input` when there are not that many images.
 */
export function stratifiedSplit(
  labels: Uint8Array | Uint16Array,
  classes: number,
  selection: Pick<DataSelection, 'trainImages' | 'validationImages' | 'splitSeed'>,
): Split {
  const { splitSeed } = selection
  const validationImages = validationImagesOf(selection, labels.length)
  const trainImages = selection.trainImages ?? labels.length - validationImages
  if (validationImages + trainImages > labels.length || trainImages < 1) {
    throw new AppError(
      'invalid-input',
      `${trainImages} images to train and ${validationImages} to validate were asked for; the train split has ${labels.length}.`,
      'Choose fewer images.',
    )
  }
  const byClass = Array.from({ length: classes }, (): number[] => [])
  labels.forEach((label, index) => byClass[label]?.push(index))
  const random = createRandom(splitSeed)
  const shuffled = byClass.map((indices, label) => random.fork(label).shuffle(indices))
  const sizes = shuffled.map((indices) => indices.length)
  const validationQuota = quotas(sizes, validationImages)
  const trainQuota = quotas(
    sizes.map((size, label) => size - validationQuota[label]!),
    trainImages,
  )
  const take = (from: (label: number) => number, count: readonly number[]): Int32Array =>
    Int32Array.from(
      shuffled.flatMap((indices, label) => indices.slice(from(label), from(label) + count[label]!)),
    ).sort()
  return { validation: take(() => 0, validationQuota), train: take((label) => validationQuota[label]!, trainQuota) }
}

/**
 * Shares `total` out in proportion to `sizes` by largest remainders; ties go to the lower class.
 * @returns integers that sum to `total`, none above its size.
 */
export function quotas(sizes: readonly number[], total: number): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0)
  const exact = sizes.map((size) => (all === 0 ? 0 : (size * total) / all))
  const shares = exact.map(Math.floor)
  const missing = total - shares.reduce((sum, share) => sum + share, 0)
  const order = exact
    .map((value, label) => ({ label, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.label - b.label)
  for (const { label } of order.slice(0, missing)) shares[label]!++
  return shares
}

/** The bytes of an index file: int32, little-endian. */
export function indexBytes(indices: Int32Array): Buffer {
  const bytes = Buffer.allocUnsafe(indices.length * 4)
  indices.forEach((index, position) => bytes.writeInt32LE(index, position * 4))
  return bytes
}
