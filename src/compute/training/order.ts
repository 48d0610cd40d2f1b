// Which image a training step sees: one shuffle per (seed, epoch), so that a resumed trial continues with the same order.
import { createRandom } from '@shared/random'

/**
 * Positions `[0, count)` in the order of `epoch` (from 1).
 * @param seed of the trial
 */
export function epochOrder(count: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, position) => position)
  return createRandom(seed).fork('order').fork(epoch).shuffleInPlace(order)
}

/** Steps of one epoch: the short rest is left out of that epoch, because its batch statistics would differ from all others'. */
export function stepsPerEpoch(images: number, batchSize: number): number {
  return Math.max(1, Math.floor(images / batchSize))
}

/** Two 32-bit halves for TensorFlow's stateless random operations, distinct per step and reproducible after a resume. */
export function stepSeed(seed: number, epoch: number, step: number): Int32Array {
  const random = createRandom(seed).fork('augmentation').fork(`${epoch}/${step}`)
  return Int32Array.of(random.integer(0x7fffffff), random.integer(0x7fffffff))
}
