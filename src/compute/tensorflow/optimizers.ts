// Optimizers over TensorFlow's native resource ops, for recorded steps (eagerly they are right but slow: the oracle).
// Slots are variables like any other: list them in the program, save them in a checkpoint.
import { tf, type NamedTensorMap, type Scalar, type Tensor, type Variable } from './backend'
import { flag } from './backend'
import { updateVariables } from './variable-update'

export interface OptimizedParameter {
  readonly name: string
  readonly variable: Variable
  /** Weight decay applies to kernels, not to biases and normalisation: the caller says which this is. */
  readonly decays: boolean
}

export interface Optimizer {
  /** Variables of the optimizer's own, by name. They are the caller's to list, store and dispose. */
  readonly slots: Readonly<Record<string, Variable>>
  /**
   * One update. Parameters without a gradient are an error.
   * @param gradients by variable name, as `tf.variableGrads` gives them
   * @param learningRate scalar, fed
   */
  apply(gradients: NamedTensorMap, learningRate: Scalar): void
}

function gradientOf(gradients: NamedTensorMap, { name, variable }: OptimizedParameter): Tensor {
  const gradient = gradients[variable.name]
  if (gradient === undefined) throw new Error(`No gradient for parameter ${name}: it does not take part in the loss`)
  return gradient
}

const zeroSlot = (variable: Variable): Variable => tf.tidy(() => tf.variable(tf.zeros(variable.shape), false))

export interface SgdOptions {
  readonly momentum: number
  readonly nesterov: boolean
  /** Coupled, as in torch: added to the gradient as decay * weight. */
  readonly weightDecay: number
}

/** SGD with momentum as torch defines it: m = momentum m + g, w -= rate m (Nesterov: w -= rate (g + momentum m)). */
export function sgd(parameters: readonly OptimizedParameter[], options: SgdOptions): Optimizer {
  const { momentum, nesterov, weightDecay } = options
  const velocities = parameters.map(({ variable }) => zeroSlot(variable))
  return {
    slots: Object.fromEntries(parameters.map(({ name }, i) => [`${name}/velocity`, velocities[i]!])),
    apply: (gradients, learningRate) =>
      tf.tidy(() => {
        const rate = tf.scalar(momentum)
        parameters.forEach((parameter, i) => {
          const { variable, decays } = parameter
          const gradient = gradientOf(gradients, parameter)
          const step = decays && weightDecay > 0 ? tf.add(gradient, tf.mul(variable, weightDecay)) : gradient
          updateVariables(
            'ResourceApplyMomentum',
            { use_locking: flag(false), use_nesterov: flag(nesterov) },
            [variable, velocities[i]!, learningRate, step, rate],
            2,
          )
        })
      }),
  }
}

export interface AdamOptions {
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  /** Decoupled (AdamW, Loshchilov and Hutter 2019): w -= rate * decay * w before the step. */
  readonly weightDecay?: number
}

/** Adam (Kingma and Ba 2015); with weight decay, AdamW. */
export function adam(parameters: readonly OptimizedParameter[], options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options
  const first = parameters.map(({ variable }) => zeroSlot(variable))
  const second = parameters.map(({ variable }) => zeroSlot(variable))
  // Powers as of the next step, as the native op wants them.
  const power1 = tf.tidy(() => tf.variable(tf.scalar(beta1), false))
  const power2 = tf.tidy(() => tf.variable(tf.scalar(beta2), false))
  return {
    slots: {
      ...Object.fromEntries(parameters.map(({ name }, i) => [`${name}/first-moment`, first[i]!])),
      ...Object.fromEntries(parameters.map(({ name }, i) => [`${name}/second-moment`, second[i]!])),
      'beta1-power': power1,
      'beta2-power': power2,
    },
    apply: (gradients, learningRate) =>
      tf.tidy(() => {
        const [b1, b2, e] = [tf.scalar(beta1), tf.scalar(beta2), tf.scalar(epsilon)]
        // The scalars first: the graph optimiser would do it, and round differently from the eager run (docs/decisions/016).
        const shrinkage = tf.mul(learningRate, weightDecay)
        parameters.forEach((parameter, i) => {
          const { variable, decays } = parameter
          const gradient = gradientOf(gradients, parameter)
          if (decays && weightDecay > 0) {
            updateVariables('AssignSubVariableOp', {}, [variable, tf.mul(variable, shrinkage)], 1)
          }
          updateVariables(
            'ResourceApplyAdam',
            { use_locking: flag(false), use_nesterov: flag(false) },
            [variable, first[i]!, second[i]!, power1, power2, learningRate, b1, b2, e, gradient],
            3,
          )
        })
        power1.assign(tf.mul(power1, b1) as Scalar)
        power2.assign(tf.mul(power2, b2) as Scalar)
      }),
  }
}
