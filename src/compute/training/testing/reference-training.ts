// One dense layer trained in float64 by the published formulas: what every optimizer and every option of a recipe that acts
// between loss and weights is held against. Formulas restated here, none of ours imported.
import type { Recipe } from '@shared/search/recipe'

export interface Model64 {
  /** `[inputs][classes]` */
  readonly kernel: number[][]
  readonly bias: number[]
}

export interface Reference64 {
  readonly losses: number[]
  readonly model: Model64
  readonly average: Model64
}

type Options = Pick<
  Recipe,
  'optimizer' | 'momentum' | 'nesterov' | 'weightDecay' | 'gradientClip' | 'labelSmoothing' | 'weightAverage'
>

const flat = ({ kernel, bias }: Model64): number[] => [...kernel.flat(), ...bias]
const shaped = (values: readonly number[], inputs: number, classes: number): Model64 => ({
  kernel: Array.from({ length: inputs }, (_, i) => values.slice(i * classes, (i + 1) * classes)),
  bias: values.slice(inputs * classes),
})

/** Mean smoothed cross-entropy (Szegedy et al. 2016) and its gradient: probability minus target. */
function lossAndGradient(model: Model64, rows: readonly number[][], labels: readonly number[], smoothing: number) {
  const classes = model.bias.length
  const gradient = { kernel: model.kernel.map((row) => row.map(() => 0)), bias: model.bias.map(() => 0) }
  let loss = 0
  rows.forEach((x, n) => {
    const scores = model.bias.map((bias, k) => x.reduce((sum, value, i) => sum + value * model.kernel[i]![k]!, bias))
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0)
    scores.forEach((score, k) => {
      const target = (k === labels[n] ? 1 - smoothing : 0) + smoothing / classes
      const probability = Math.exp(score) / total
      loss -= (target * Math.log(probability)) / rows.length
      const slope = (probability - target) / rows.length
      gradient.bias[k]! += slope
      x.forEach((value, i) => (gradient.kernel[i]![k]! += slope * value))
    })
  })
  return { loss, gradient: flat(gradient) }
}

/**
 * @param rates learning rate of each step
 * @param batches inputs and labels of each step
 */
export function train64(
  start: Model64,
  options: Options,
  rates: readonly number[],
  batches: readonly { readonly rows: readonly number[][]; readonly labels: readonly number[] }[],
): Reference64 {
  const [inputs, classes] = [start.kernel.length, start.bias.length]
  const w = flat(start)
  const average = [...w]
  const [first, second] = [w.map(() => 0), w.map(() => 0)]
  const decays = (i: number): boolean => i < inputs * classes
  const losses: number[] = []
  rates.forEach((rate, step) => {
    const { rows, labels } = batches[step]!
    const { loss, gradient } = lossAndGradient(shaped(w, inputs, classes), rows, labels, options.labelSmoothing)
    losses.push(loss)
    const length = Math.hypot(...gradient)
    const limit = options.gradientClip ?? Infinity
    const clip = length > limit ? limit / length : 1
    w.forEach((weight, i) => {
      const decay = decays(i) ? options.weightDecay : 0
      const g = gradient[i]! * clip
      if (options.optimizer === 'adamw') {
        // Loshchilov & Hutter 2019 on Kingma & Ba 2015, epsilon as in the paper's section 2 (TensorFlow's and Keras's place).
        first[i] = 0.9 * first[i]! + 0.1 * g
        second[i] = 0.999 * second[i]! + 0.001 * g * g
        const corrected = (rate * Math.sqrt(1 - 0.999 ** (step + 1))) / (1 - 0.9 ** (step + 1))
        w[i] = weight - rate * decay * weight - (corrected * first[i]!) / (Math.sqrt(second[i]!) + 1e-8)
      } else {
        const coupled = g + decay * weight
        first[i] = options.momentum * first[i]! + coupled
        w[i] = weight - rate * (options.nesterov ? coupled + options.momentum * first[i]! : first[i]!)
      }
    })
    if (options.weightAverage !== null) {
      const kept = Math.min(options.weightAverage, (1 + step) / (10 + step))
      w.forEach((weight, i) => (average[i] = kept * average[i]! + (1 - kept) * weight))
    }
  })
  return { losses, model: shaped(w, inputs, classes), average: shaped(average, inputs, classes) }
}
