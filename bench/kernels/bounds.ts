// How far the native kernels may be from float64, and recorded weights from eager ones: one table for bench:kernels and bench:gpu.
import type { Part } from './audit'

/**
 * Set before measuring. Single layers: roundings of float32 through a handful of ops. Blocks: normalisations over small batches. Zoo:
 * a hundred layers that amplify roundings, some ReLUs on the other side. Recorded weights: 20 steps of roundings; of a zoo network
 * one step, because an untrained one multiplies any difference by a thousand with the next (measured: googlenet 4e-6, 9e-3, 0.7).
 */
export const BOUNDS: Readonly<Record<Part, number>> = {
  windows: 1e-4,
  kinds: 1e-4,
  blocks: 1e-3,
  'recorded kinds': 1e-4,
  'recorded blocks': 1e-3,
  zoo: 2e-2,
  'recorded zoo': 1e-4,
}
