// A tfjs layers model under construction: stock Keras layers by name, their connections and weights, as plain JSON.
// Which layers stand for which kind of ours is the mapping's business. No TensorFlow here.
import { elementCount } from '@shared/element-count'
import type { Grid } from '../rounding'

/** Output of a layer of the model: what later layers connect to. */
export interface Value {
  readonly layer: string
  /** Without the batch; reshaped ones may have more axes than a layer of ours. */
  readonly shape: readonly number[]
}

export interface WeightEntry {
  /** `layer/kernel`: tfjs matches weights by this name. */
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
  /** What its values were rounded to. */
  readonly grid?: Grid
}

interface LayerJson {
  readonly class_name: string
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  readonly inbound_nodes: readonly unknown[]
}

export interface Topology {
  readonly json: Readonly<Record<string, unknown>>
  readonly weights: readonly WeightEntry[]
}

/** Arrays of a layer by their Keras role, in the order Keras creates them. */
export type LayerWeights = Readonly<Record<string, Omit<WeightEntry, 'name'>>>

/** Initial values are overwritten by the loaded ones: zeros are the cheapest. Read by tfjs while a model loads. */
export const ZEROS = { class_name: 'Zeros', config: {} } as const

/**
 * Keras splits names at slashes and tfjs takes none that begins with a sign: letters, digits, `_`, `.` and `-` are kept, behind a
 * letter or digit; equal ones get a number.
 */
export const layerName = (hint: string): string =>
  hint.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^(?![A-Za-z0-9])/, 'n')

export class TopologyBuilder {
  private readonly layers: LayerJson[] = []
  private readonly weights: WeightEntry[] = []
  private readonly names = new Set<string>()

  /** The model's one input: float32 of `shape`. */
  input(shape: readonly number[]): Value {
    const name = this.unused('image')
    const config = { batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false, name }
    this.layers.push({ class_name: 'InputLayer', name, config, inbound_nodes: [] })
    return { layer: name, shape }
  }

  /**
   * Appends one stock layer.
   * @param hint where the layer comes from, for a readable name; made unique here
   * @param shape of the output without the batch
   */
  add(
    className: string,
    hint: string,
    inputs: readonly Value[],
    shape: readonly number[],
    config: Readonly<Record<string, unknown>> = {},
    weights: LayerWeights = {},
  ): Value {
    const name = this.unused(hint)
    this.layers.push({
      class_name: className,
      name,
      config: { ...config, name, trainable: true },
      inbound_nodes: [inputs.map(({ layer }) => [layer, 0, 0, {}])],
    })
    for (const [role, { shape: weightShape, values, grid }] of Object.entries(weights)) {
      if (elementCount(weightShape) !== values.length)
        throw new RangeError(`${name}/${role} has shape [${weightShape.join(', ')}] and ${values.length} values`)
      this.weights.push({ name: `${name}/${role}`, shape: weightShape, values, ...(grid && { grid }) })
    }
    return { layer: name, shape }
  }

  build(name: string, input: Value, output: Value): Topology {
    return {
      json: {
        class_name: 'Functional',
        config: {
          name,
          layers: this.layers,
          input_layers: [[input.layer, 0, 0]],
          output_layers: [[output.layer, 0, 0]],
        },
        keras_version: 'tfjs-layers 4.22.0',
        backend: 'tensor_flow.js',
      },
      weights: this.weights,
    }
  }

  private unused(hint: string): string {
    const base = layerName(hint)
    let name = base
    for (let i = 2; this.names.has(name); i++) name = `${base}_${i}`
    this.names.add(name)
    return name
  }
}
