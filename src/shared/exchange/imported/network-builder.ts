// A network of ours that is being made of a file of another program: its layers, their values, and what a reader should be told. What
// an operator of a format stands for is its reader's: onnx/, keras/, nnp/.
import { completeParameters, layerDefinition, type LayerKind } from '../../architecture/catalogue'
import { isMap } from '../../architecture/catalogue/window'
import {
  channelsOf,
  INPUT_ID,
  inputShapes,
  type LayerNode,
  type MapShape,
  type ParameterValues,
  type TensorShape,
} from '../../architecture/layer'
import { elementCount } from '../../element-count'
import { AppError } from '../../errors'
import { arrayShapes } from './array-shapes'
import { MAX_NODES } from '../../architecture/document/limits'
import { WorkBudget } from './work-budget'
import { unscaled, type Scaling } from './scaling'
import { inFeatureOrder, joinedOrder, type FeatureOrder } from './feature-order'

/** What a value of the file is here. */
export interface BuiltValue {
  /** The layer that gives it, or the network's input. */
  readonly id: string
  readonly shape: TensorShape
  /** Where the file has the features otherwise than we do; absent: the same. */
  readonly order?: FeatureOrder
}

/** An array of a layer, made only where somebody wants the values; undefined where the file does not have them. */
export type Values = () => Float32Array | undefined
/** By role, as networks store them: `kernel`, `bias`, `gamma`, `beta`, `moving-mean`, `moving-variance`. */
export type LayerValues = Readonly<Record<string, Values>>

export interface BuiltArray {
  readonly shape: readonly number[]
  readonly values: Values
}

/** Thrown by a reader for what is no layer of ours; becomes a problem at its place. */
export class NoLayer extends Error {}

/** `(x - mean) / sqrt(variance + epsilon)`: the epsilon of every network here, as networks/layers/batch-norm-constants has it. */
export const OUR_EPSILON = 1e-5

/** Layers that look at each feature by itself: the order of the features goes through them. */
const KEEPS_ORDER: ReadonlySet<string> = new Set<LayerKind>([
  ...(['relu', 'relu6', 'silu', 'gelu', 'hard-swish', 'sigmoid', 'hard-sigmoid', 'tanh'] as const),
  ...(['batch-norm', 'add', 'multiply', 'dropout', 'stochastic-depth', 'identity', 'zero', 'softmax'] as const),
])

/** Those that lead nowhere are left out in the end. */
const MAX_LAYERS = 4 * MAX_NODES
/** Places that are kept of features in another order (128 MiB); VGG has 25,088 of them. */
const MOST_ORDERED = 2 ** 25

/** Names that a document's own records have. */
const TAKEN = new Set([INPUT_ID, 'output', 'meta'])
/** Of a name in a file, that anything is made of; ids end after eighty. */
const LONGEST_NAME = 400
const isTaken = (id: string): boolean => TAKEN.has(id) || /^edge-\d+$/.test(id) || id in Object.prototype

/** `x * scale + offset` of the image, per channel, as the file's operators have said so far. */
interface Affine {
  readonly scale: Float64Array
  readonly offset: Float64Array
}

/** @param count in words */
export const tooManyLayers = (count: string): AppError =>
  new AppError(
    'invalid-input',
    `The file has ${count} layers, and a design at most ${MAX_NODES}.`,
    'Open a smaller network.',
  )

export class NetworkBuilder {
  readonly nodes: LayerNode[] = []
  readonly notes = new Set<string>()
  readonly arrays = new Map<string, BuiltArray>()
  /** Of equal names, so that a thousandth is found at once. */
  private readonly counts = new Map<string, number>()
  private readonly places = new Map<string, number>()

  private affineOfImage: Affine
  private isScaled = false
  /** Features whose order is kept. */
  private ordered = 0
  /** Of the file that is read. */
  readonly budget = new WorkBudget()

  constructor(readonly input: TensorShape) {
    const channels = channelsOf(input)
    this.affineOfImage = { scale: new Float64Array(channels).fill(1), offset: new Float64Array(channels) }
  }

  /** What is done to the image before the network: `x * scale + offset`, one number or one a channel. */
  scaleImage(scale: readonly number[], offset: readonly number[]): void {
    const { affineOfImage: known } = this
    this.budget.spend(known.scale.length)
    this.isScaled = true
    const at = (list: readonly number[], i: number): number => (list.length === 1 ? list[0] : list[i]) ?? 0
    this.affineOfImage = {
      scale: known.scale.map((value, i) => value * at(scale, i)),
      offset: known.offset.map((value, i) => value * at(scale, i) + at(offset, i)),
    }
  }

  /** @throws NoLayer where the image is turned over or lost */
  scaling(): Scaling {
    const { scale, offset } = this.affineOfImage
    if (!this.isScaled) return unscaled(channelsOf(this.input))
    if (![...scale].every((value) => value > 0 && Number.isFinite(1 / value)))
      throw new NoLayer('it multiplies the image by what is no positive number')
    // (x / 255 - mean) / deviation is x * scale + offset.
    const deviation = [...scale].map((value) => 1 / (255 * value))
    return { mean: [...offset].map((value, channel) => -value * (deviation[channel] ?? 1)), deviation }
  }

  /**
   * Appends a layer.
   * @param name of the operator in the file
   * @param values of its arrays, as the file's order of features has them; left out for layers without any
   * @throws NoLayer where its shape rule refuses it, or its values are not as many as it has
   */
  add(
    name: string,
    kind: LayerKind,
    parameters: ParameterValues,
    inputs: readonly BuiltValue[],
    values: LayerValues = {},
  ): BuiltValue {
    const definition = layerDefinition(kind)
    let complete: ParameterValues
    try {
      complete = completeParameters(definition, parameters)
    } catch (cause) {
      throw new NoLayer(cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause))
    }
    const result = definition.shape(complete, inputShapes(inputs.map(({ shape }) => shape)))
    if (!result.ok) throw new NoLayer(result.reason)
    if (this.nodes.length >= MAX_LAYERS) throw tooManyLayers(`more than ${MAX_LAYERS}`)
    const order = this.orderBehind(kind, inputs)
    const id = this.unused(name)
    this.places.set(id, this.nodes.length)
    this.nodes.push({ id, kind, parameters: complete, inputs: inputs.map((value) => value.id) })
    this.store(id, kind, inputs, complete, values)
    return { id, shape: result.shape, ...(order !== undefined && { order }) }
  }

  /** Changes a parameter of a layer that was made, such as the bias that comes as an addition. */
  amend(id: string, parameters: ParameterValues, values: Readonly<Record<string, BuiltArray>> = {}): void {
    const at = this.places.get(id) ?? -1
    const node = this.nodes[at]
    if (node === undefined) throw new RangeError(`There is no layer ${id}`)
    this.nodes[at] = { ...node, parameters: { ...node.parameters, ...parameters } }
    for (const [role, array] of Object.entries(values)) this.arrays.set(`${id}/${role}`, array)
  }
  /** Takes back the layers that were made since there were `count`: the beginning of what turned out to be none. */
  forget(count: number): void {
    for (const { id } of this.nodes.splice(count)) this.places.delete(id)
  }
  node(id: string): LayerNode | undefined {
    return this.nodes[this.places.get(id) ?? -1]
  }
  kindOf(id: string): string | undefined {
    return this.node(id)?.kind
  }

  /** `x * scale + offset` along the channels: a batch normalisation whose statistics leave x as it is. */
  affine(name: string, x: BuiltValue, { scale, offset }: { scale?: Values; offset?: Values }): BuiltValue {
    const channels = channelsOf(x.shape)
    this.budget.spend(channels)
    this.notes.add('A product or a sum with constants is read as a batch normalisation.')
    return this.add(name, 'batch-norm', {}, [x], {
      gamma: scale ?? (() => new Float32Array(channels).fill(1)),
      beta: offset ?? (() => new Float32Array(channels)),
      'moving-mean': () => new Float32Array(channels),
      // What the layer adds to the variance makes it 1.
      'moving-variance': () => new Float32Array(channels).fill(1 - OUR_EPSILON),
    })
  }

  /** The order of so many features is kept. @throws NoLayer where all of them are too many */
  protected keepOrder(features: number): void {
    this.ordered += features
    if (this.ordered > MOST_ORDERED) throw new NoLayer(`its ${features} features in another order are too many`)
  }

  /** @throws NoLayer where features come in an order that this layer cannot take */
  private orderBehind(kind: LayerKind, inputs: readonly BuiltValue[]): FeatureOrder | undefined {
    const orders = inputs.map(({ order }) => order)
    if (orders.every((order) => order === undefined)) return undefined
    if (kind === 'dense') return undefined
    if (kind === 'concatenate') {
      this.keepOrder(inputs.reduce((sum, { shape }) => sum + elementCount(shape), 0))
      return joinedOrder(inputs)
    }
    if (!KEEPS_ORDER.has(kind)) throw new NoLayer('it is given a flattened map whose features lie in another order')
    if (orders.some((order) => order !== orders[0]))
      throw new NoLayer('its inputs are flattened maps whose features lie in different orders')
    return orders[0]
  }

  private store(
    id: string,
    kind: LayerKind,
    inputs: readonly BuiltValue[],
    parameters: ParameterValues,
    values: LayerValues,
  ): void {
    const [first] = inputs
    for (const [role, shape] of Object.entries(arrayShapes(kind, parameters, first?.shape ?? [1]))) {
      const given: Values = values[role] ?? (() => undefined)
      const order = first?.order
      this.arrays.set(`${id}/${role}`, {
        shape,
        values: () => {
          const found = given()
          if (found === undefined) return undefined
          if (found.length !== elementCount(shape))
            throw new NoLayer(`${id} has ${found.length} values as ${role}, [${shape.join(', ')}] were expected`)
          // The rows of a dense kernel, and what a normalisation has for each feature, follow the features.
          return order === undefined || role === 'bias' ? found : inFeatureOrder(found, order)
        },
      })
    }
  }

  private unused(name: string): string {
    const base =
      name
        .slice(0, LONGEST_NAME)
        .replace(/[^A-Za-z0-9_.-]+/g, '.')
        .replace(/^\.+|\.+$/g, '')
        .slice(0, 80) || 'layer'
    let id = isTaken(base) ? `${base}.layer` : base
    for (let i = (this.counts.get(base) ?? 1) + 1; this.places.has(id); i++) {
      id = `${base}.${i}`
      this.counts.set(base, i)
    }
    return id
  }
}

/** A map with what a reader may have asked of it. @throws NoLayer */
export function asMap(value: BuiltValue): BuiltValue & { readonly shape: MapShape } {
  if (isMap(value.shape)) return { ...value, shape: value.shape }
  throw new NoLayer('it needs a map and is given features')
}
