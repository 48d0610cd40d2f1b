// The proof of an export: the trained network's class probabilities beside those of the exported files, row by row.
// Pure arithmetic; who runs the two networks is the engine's business.
import type { Prediction } from '../contract/compute'
import type { Proof } from '../contract/exports'
import { AppError } from '../errors'

/**
 * Largest difference of a probability that still counts as the same network. Float32 sums in another order differ by
 * about 1e-6 in a 20-layer network; 1e-4 leaves room for deep ones and still shows any wrong padding or statistic.
 */
export const PROOF_TOLERANCE = 1e-4

/** Index of the first largest entry. */
function predictedClass(row: readonly number[]): number {
  let best = 0
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i
  return best
}

/**
 * @param trained `[images, classes]` of the network as it was trained
 * @param exported the same images through the exported files; its labels give the accuracy
 * @param runtime what ran the exported files ("tfjs 4.22.0, cpu")
 * @throws AppError `invalid-input` when the two do not hold the same images and classes
 */
export function comparePredictions(trained: Prediction, exported: Prediction, runtime: string): Proof {
  const images = trained.probabilities.length
  if (exported.probabilities.length !== images || exported.labels.length !== images || images === 0)
    throw new AppError(
      'invalid-input',
      `Both predictions must hold the same images; the trained network has ${images}, the exported model ` +
        `${exported.probabilities.length} with ${exported.labels.length} labels.`,
    )
  let largestDifference = 0
  let samePredictions = 0
  let correct = 0
  for (const [image, ours] of trained.probabilities.entries()) {
    const theirs = exported.probabilities[image]!
    if (ours.length !== theirs.length || trained.labels[image] !== exported.labels[image])
      throw new AppError(
        'invalid-input',
        `Image ${image} differs: ${ours.length} and ${theirs.length} classes, ` +
          `labels ${trained.labels[image]} and ${exported.labels[image]}.`,
      )
    for (let i = 0; i < ours.length; i++) {
      const difference = Math.abs(ours[i]! - theirs[i]!)
      // A NaN on either side must fail the proof, and every comparison with NaN is false.
      largestDifference = Number.isNaN(difference) ? Infinity : Math.max(largestDifference, difference)
    }
    const predicted = predictedClass(theirs)
    if (predicted === predictedClass(ours)) samePredictions++
    if (predicted === exported.labels[image]) correct++
  }
  return {
    runtime,
    images,
    split: 'test',
    largestDifference: Math.min(largestDifference, Number.MAX_VALUE),
    tolerance: PROOF_TOLERANCE,
    samePredictions,
    accuracy: correct / images,
    passed: largestDifference <= PROOF_TOLERANCE && samePredictions === images,
  }
}
