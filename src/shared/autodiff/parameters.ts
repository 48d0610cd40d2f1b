// The weights of a model by name: drawn, counted, read from and written to a file of float32, in one fixed order.
import { AppError } from '../errors'
import type { Random } from '../random'
import { Value } from './tape'

/** How a weight begins: uniform within 1 / sqrt(inputs) (PyTorch's default for linear layers), ones, or zeros. */
export type Beginning = 'linear' | 'ones' | 'zeros'

export interface ParameterSpec {
  readonly name: string
  readonly rows: number
  readonly cols: number
  readonly begin: Beginning
  /** Inputs of the layer, for `linear`. */
  readonly inputs: number
}

/** Weight and bias of a linear layer, `NAME.weight` (inputs x outputs) and `NAME.bias`. */
export function linear(name: string, inputs: number, outputs: number): ParameterSpec[] {
  return [
    { name: `${name}.weight`, rows: inputs, cols: outputs, begin: 'linear', inputs },
    { name: `${name}.bias`, rows: 1, cols: outputs, begin: 'linear', inputs },
  ]
}

/** Gain and shift of a layer normalisation. */
export function norm(name: string, width: number): ParameterSpec[] {
  return [
    { name: `${name}.gain`, rows: 1, cols: width, begin: 'ones', inputs: width },
    { name: `${name}.shift`, rows: 1, cols: width, begin: 'zeros', inputs: width },
  ]
}

export class Parameters {
  private readonly byName: ReadonlyMap<string, Value>

  private constructor(
    readonly specs: readonly ParameterSpec[],
    readonly values: readonly Value[],
  ) {
    this.byName = new Map(specs.map(({ name }, i) => [name, values[i]!]))
  }

  static draw(specs: readonly ParameterSpec[], random: Random): Parameters {
    const values = specs.map(({ name, rows, cols, begin, inputs }) => {
      const stream = random.fork(name)
      const bound = 1 / Math.sqrt(inputs)
      const draw = { ones: () => 1, zeros: () => 0, linear: () => (2 * stream.next() - 1) * bound }[begin]
      return new Value(rows, cols, Float64Array.from({ length: rows * cols }, draw))
    })
    return new Parameters(specs, values)
  }

  /** @param weights all numbers in the order of `specs` @throws AppError `invalid-input` for another count, or one that is not finite */
  static read(specs: readonly ParameterSpec[], weights: Float32Array): Parameters {
    const count = specs.reduce((sum, { rows, cols }) => sum + rows * cols, 0)
    if (weights.length !== count)
      throw new AppError(
        'invalid-input',
        `The checkpoint holds ${weights.length} weights; this model has ${count}.`,
        'Train it anew, or use the checkpoint that comes with the product.',
      )
    if (!weights.every(Number.isFinite))
      throw new AppError(
        'invalid-input',
        'The checkpoint holds weights that are no finite numbers.',
        'Train it anew, or use the checkpoint that comes with the product.',
      )
    let at = 0
    const values = specs.map(({ rows, cols }) => {
      const value = new Value(rows, cols, Float64Array.from(weights.subarray(at, at + rows * cols)))
      at += rows * cols
      return value
    })
    return new Parameters(specs, values)
  }

  get count(): number {
    return this.values.reduce((sum, { data }) => sum + data.length, 0)
  }

  /** @throws Error for a name that the model does not have: a mistake of ours */
  get(name: string): Value {
    const value = this.byName.get(name)
    if (value === undefined) throw new Error(`the model has no weight named ${name}`)
    return value
  }

  /** All numbers in the order of `specs`, rounded to float32. */
  write(): Float32Array {
    const all = new Float32Array(this.count)
    let at = 0
    for (const { data } of this.values) {
      all.set(data, at)
      at += data.length
    }
    return all
  }
}
