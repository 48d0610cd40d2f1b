// AdamW (Loshchilov & Hutter 2019) with the gradient clipped to a length, as the proposer and the in-context learner train.
import type { Parameters } from './parameters'

const FIRST = 0.9
const SECOND = 0.999
const EPSILON = 1e-8

export class AdamW {
  private steps = 0
  private readonly moments: readonly { readonly first: Float64Array; readonly second: Float64Array }[]

  /** @param decay of every weight, times the rate, each step @param longest length of the whole gradient that is not shortened */
  constructor(
    private readonly parameters: Parameters,
    private readonly decay: number,
    private readonly longest = 1,
  ) {
    this.moments = parameters.values.map(({ data }) => ({
      first: new Float64Array(data.length),
      second: new Float64Array(data.length),
    }))
  }

  /** One step along the gradients, which are cleared. */
  step(rate: number): void {
    this.steps++
    const { values } = this.parameters
    let squares = 0
    for (const { grad } of values) for (const slope of grad) squares += slope * slope
    const shorten = Math.min(1, this.longest / (Math.sqrt(squares) + 1e-6))
    const scale = rate / (1 - FIRST ** this.steps)
    const correction = 1 / (1 - SECOND ** this.steps)
    values.forEach((value, index) => {
      const { data, grad } = value
      const { first, second } = this.moments[index]!
      for (let i = 0; i < data.length; i++) {
        const slope = grad[i]! * shorten
        first[i] = FIRST * first[i]! + (1 - FIRST) * slope
        second[i] = SECOND * second[i]! + (1 - SECOND) * slope * slope
        data[i] =
          data[i]! * (1 - rate * this.decay) - (scale * first[i]!) / (Math.sqrt(second[i]! * correction) + EPSILON)
      }
      value.clearGrad()
    })
  }
}

/** Linear rise over `warmUp` steps, then half a cosine down to zero at `steps`. */
export function cosineRate(peak: number, step: number, steps: number, warmUp: number): number {
  return peak * Math.min(1, (step + 1) / warmUp) * (0.5 + 0.5 * Math.cos((Math.PI * step) / steps))
}
