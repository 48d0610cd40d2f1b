// Low fidelity by smaller images: which resolutions a data set can be trained at, and the shape that comes of it. Making the
// images is engine/datasets'.
import { AppError } from '../errors'

type Shape = readonly [number, number, number]

/** Smallest side worth training on: blocks halve it, and below this a chain has no room for two strides (chosen). */
export const MIN_RESOLUTION = 8

/** Largest resolution that makes images smaller and enlarges neither side; below MIN_RESOLUTION there is none. */
export function maxResolution([height, width]: Shape): number {
  return Math.min(height, width, Math.max(height, width) - 1)
}

/**
 * `[height, width, channels]` of the images at a resolution: square, as `dataset import dataset:NAME --size N` makes them (the
 * shorter side is scaled, the centre cut out, so proportions stay).
 * @param resolution pixels; null leaves the images as they are
 * @throws AppError `invalid-input` for what would enlarge, change nothing, or is too small
 */
export function shapeAt(dataset: string, shape: Shape, resolution: number | null): [number, number, number] {
  const [height, width, channels] = shape
  if (resolution === null) return [...shape]
  const max = maxResolution(shape)
  if (Number.isInteger(resolution) && resolution >= MIN_RESOLUTION && resolution <= max) {
    return [resolution, resolution, channels]
  }
  const reason =
    resolution > Math.min(height, width)
      ? 'would enlarge them'
      : resolution > max
        ? 'changes nothing'
        : `is no whole number of at least ${MIN_RESOLUTION}`
  throw new AppError(
    'invalid-input',
    `"${dataset}" has images of ${height} x ${width} pixels; a resolution of ${resolution} ${reason}.`,
    max < MIN_RESOLUTION
      ? 'Leave the resolution empty (null): these images are too small to be reduced.'
      : `Choose a resolution from ${MIN_RESOLUTION} to ${max}, or leave it empty (null) for the images as they are.`,
  )
}

/** Side of images at a share of their shorter one, in pixels. */
export const reducedSide = ([height = 0, width = 0]: readonly number[], share: number): number =>
  Math.round(Math.min(height, width) * share)
