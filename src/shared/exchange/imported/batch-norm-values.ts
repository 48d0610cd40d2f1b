// Values of a batch normalisation that has another epsilon than the networks here: the variance takes the difference, or the scale
// where it would become negative, so that the same is computed.
import { OUR_EPSILON, type LayerValues, type Values } from './network-builder'

export interface GivenBatchNorm {
  /** Left out: 1. */
  readonly gamma?: Values | undefined
  /** Left out: 0. */
  readonly beta?: Values | undefined
  readonly mean: Values
  readonly variance: Values
  readonly epsilon: number
  readonly channels: number
}

/** By role, for the layer `batch-norm`. */
export function batchNormValues({ gamma, beta, mean, variance, epsilon, channels }: GivenBatchNorm): LayerValues {
  const difference = epsilon - OUR_EPSILON
  // Float32 as programs write it: 1e-5 comes back as 9.99999974e-6.
  const isSame = Math.abs(difference) <= 1e-4 * OUR_EPSILON
  const scale: Values = () => (gamma === undefined ? new Float32Array(channels).fill(1) : gamma())
  return {
    gamma:
      isSame || difference > 0
        ? scale
        : () => {
            const [scales, variances] = [scale(), variance()]
            if (scales === undefined || variances === undefined) return undefined
            const ratio = (value: number): number => Math.sqrt((value + OUR_EPSILON) / (value + epsilon))
            return scales.map((value, i) => value * ratio(variances[i] ?? 1))
          },
    beta: beta ?? (() => new Float32Array(channels)),
    'moving-mean': mean,
    'moving-variance': isSame || difference < 0 ? variance : () => variance()?.map((value) => value + difference),
  }
}

/** What a reader is told where the epsilons differ. */
export function epsilonNote(epsilon: number): string | undefined {
  if (Math.abs(epsilon - OUR_EPSILON) <= 1e-4 * OUR_EPSILON) return undefined
  return 'Batch normalisation has another epsilon in the file than the 1e-5 of every network here: its values are changed so that the same is computed.'
}
