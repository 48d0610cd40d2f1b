// Dynamic loss scaling for float16 (Micikevicius et al. 2018, section 3.2), in the graph: the loss is multiplied before the
// backward pass so that small gradients do not vanish, and a step whose gradients overflowed changes nothing but the scale.
import { executeSingle, tf, type NamedTensorMap, type Scalar, type Tensor, type Variable } from './backend'
import { globalNorm } from './gradient-clip'

/** Start, growth after so many good steps in a row, and the factor of both ways: Keras's LossScaleOptimizer and PyTorch's AMP. */
export const INITIAL_SCALE = 2 ** 15
export const GROWTH_STEPS = 2000
const FACTOR = 2

export interface LossScale {
  /** The scale and the good steps since it last changed, by name: the caller's to list, store and dispose. */
  readonly slots: Readonly<Record<string, Variable>>
  /** What to differentiate in place of the loss. */
  scaled(loss: Scalar): Scalar
  /**
   * Hands the true gradients to `update`, which changes `variables` in place; takes its changes back where a gradient is no
   * number, and adapts the scale.
   * @param gradients of the scaled loss, float32
   */
  apply(gradients: NamedTensorMap, variables: readonly Variable[], update: (unscaled: NamedTensorMap) => void): void
}

const scalarVariable = (value: number): Variable => tf.tidy(() => tf.variable(tf.scalar(value), false))

const select = (condition: Tensor, then: Tensor, otherwise: Tensor): Tensor =>
  executeSingle('SelectV2', {}, [condition, then, otherwise])

export function lossScale(): LossScale {
  const scale = scalarVariable(INITIAL_SCALE)
  const goodSteps = scalarVariable(0)

  /** Halved, never below 1, after an overflow; doubled when enough steps in a row were good. */
  const adapt = (isGood: Tensor): void => {
    const steps = tf.add(goodSteps, 1)
    const isDue = executeSingle('GreaterEqual', {}, [steps, tf.scalar(GROWTH_STEPS)])
    const halved = tf.maximum(tf.mul(scale, 1 / FACTOR), 1)
    const next = select(isGood, select(isDue, tf.mul(scale, FACTOR), scale), halved)
    const zero = tf.scalar(0)
    goodSteps.assign(select(isGood, select(isDue, zero, steps), zero))
    scale.assign(next)
  }

  return {
    slots: { 'loss-scale': scale, 'loss-scale/good-steps': goodSteps },
    scaled: (loss) => tf.mul(loss, scale),
    apply: (gradients, variables, update) =>
      tf.tidy(() => {
        // A power of two, so that both ways are exact.
        const inverse = tf.reciprocal(scale)
        const unscaled = Object.fromEntries(
          Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, inverse)]),
        )
        // One number says it for all: a sum of squares is finite only where every part is.
        const isGood = executeSingle('IsFinite', {}, [globalNorm(Object.values(unscaled))])
        const before = variables.map((variable) => variable.clone())
        update(unscaled)
        variables.forEach((variable, i) => variable.assign(select(isGood, variable, before[i]!)))
        adapt(isGood)
      }),
  }
}
