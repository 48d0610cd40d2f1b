// Exponential moving average of weights (Polyak & Juditsky 1992), in the graph: what is evaluated and kept in place of the
// last weights. Running statistics are averaged too: those of other weights would not fit (torchvision's references do so).
import { required } from '@shared/required'
import { executeSingle, tf, type Scalar, type Variable } from './backend'

export interface WeightAverage {
  /** The averages by the name of what they average, in the order given. The caller's to list, store and dispose. */
  readonly averages: ReadonlyMap<string, Variable>
  /**
   * Moves every average towards its variable's value of now: a += rate (w - a).
   * @param rate scalar, fed: see `averageRate`
   */
  update(rate: Scalar): void
}

/** @param variables by name; the averages start at their values */
export function weightAverage(variables: ReadonlyMap<string, Variable>): WeightAverage {
  const averages = new Map(
    [...variables].map(([name, variable]) => [name, tf.tidy(() => tf.variable(variable.clone(), false))]),
  )
  return {
    averages,
    update: (rate) =>
      tf.tidy(() => {
        for (const [name, average] of averages) {
          const distance = executeSingle('Sub', {}, [required(variables, name, 'variable'), average])
          average.assign(tf.add(average, tf.mul(distance, rate)))
        }
      }),
  }
}

/**
 * What one update moves by. The decay grows from 0.1 towards `decay`, so that a short training is not an average of its
 * initial values: min(decay, (1 + n) / (10 + n)), TensorFlow's rule for `num_updates`.
 * @param step updates before this one
 */
export const averageRate = (decay: number, step: number): number => 1 - Math.min(decay, (1 + step) / (10 + step))
