// The network of ours that is being made of an ONNX graph: what each of its values stands for. Which operator is which layer is
// operators.ts's, what is made of constants alone constant-operators.ts's.
import type { LayerKind } from '../../architecture/catalogue'
import { channelsOf, type MapShape, type ParameterValues, type TensorShape } from '../../architecture/layer'
import { elementCount } from '../../element-count'
import { channelsOutermost, type FeatureOrder } from '../imported/feature-order'
import { imagePath } from '../imported/image-path'
import { asMap, NetworkBuilder, NoLayer, type BuiltValue, type LayerValues } from '../imported/network-builder'
import type { WorkBudget } from '../imported/work-budget'
import type { OnnxConstant, OnnxGraph, OnnxNode } from './read-graph'

/** A value of the graph, as far as it is known what it stands for. */
export interface Value extends BuiltValue {
  /** What was done to that layer's value since, where a later operator makes a layer of it. */
  readonly pending?: Pending
  /** A map of one position that the file takes for features and makes a map again: squeeze-and-excitation by dense layers. */
  readonly isFlat?: boolean
}

/** Steps of forms that several operators stand for. */
export type Pending =
  /** times a number, erf of it, erf plus one, that times the value itself: GELU. */
  | { readonly step: 'scaled'; readonly by: number }
  | { readonly step: 'erf' | 'erf-plus-1' | 'gelu-twice' }
  /** plus three, limited to 0..6: hard sigmoid and hard swish. */
  | { readonly step: 'plus-3' | 'relu6-of-plus-3' | 'hard-swish-6' }
  /** Zeros around it: `[top, left, bottom, right]`. */
  | { readonly step: 'padded'; readonly pads: readonly number[] }
  /** Channels innermost, as a flatten wants them or the image comes. */
  | { readonly step: 'channels-last' }
  /** Channels in groups, then turned: channel shuffle. */
  | { readonly step: 'grouped' | 'shuffled'; readonly groups: number }

export class GraphImporter extends NetworkBuilder {
  private readonly values = new Map<string, Value>()
  /** How many inputs of operators have a name, and how many stand for a layer's value. */
  private readonly readers = new Map<string, number>()
  private readonly reads = new Map<string, number>()
  /** Features become a map of one position again somewhere. */
  readonly hasMapsAgain: boolean
  private readonly constants: Map<string, OnnxConstant>
  private readonly orders = new Map<string, FeatureOrder | undefined>()
  /** Values that are the whole image (imported/image-path). */
  private readonly image: ReadonlySet<string>

  constructor(
    readonly source: OnnxGraph,
    input: TensorShape,
  ) {
    super(input)
    this.constants = new Map([...source.constants].map(([name, each]) => [name, counted(each, this.budget)]))
    this.hasMapsAgain = source.nodes.some(
      ({ op, inputs }) => op === 'Unsqueeze' || (op === 'Reshape' && endsInOnes(this.constants.get(inputs[1] ?? ''))),
    )
    const steps = source.nodes.map((node) => ({ inputs: node.inputs, output: node.outputs[0] }))
    this.image = imagePath(source.inputs[0]?.name ?? '', steps, source.outputs)
    for (const name of source.outputs) this.readers.set(name, (this.readers.get(name) ?? 0) + 1)
    for (const { inputs } of source.nodes)
      for (const name of inputs) this.readers.set(name, (this.readers.get(name) ?? 0) + 1)
  }

  give(name: string, value: Value): void {
    this.values.set(name, value)
    this.reads.set(value.id, (this.reads.get(value.id) ?? 0) + (this.readers.get(name) ?? 0))
  }
  /** Whether a value of that name is all that anything sees of the image. */
  isWholeImage(name: string): boolean {
    return this.image.has(name)
  }
  /** Whether more than one operator is given a layer's value, or the file gives it. */
  isShared(id: string): boolean {
    return (this.reads.get(id) ?? 0) > 1
  }
  find(name: string): Value | undefined {
    return this.values.get(name)
  }
  constant(name: string | undefined): OnnxConstant | undefined {
    return name === undefined ? undefined : this.constants.get(name)
  }
  giveConstant(name: string, value: OnnxConstant): void {
    this.constants.set(name, value)
  }

  /** A value as it stands, with nothing pending. @throws NoLayer */
  plain(name: string | undefined): Value {
    const value = name === undefined ? undefined : this.values.get(name)
    if (value === undefined) throw new NoLayer(`its input ${(name ?? '').slice(0, 60)} is no value of the network`)
    if (value.pending === undefined) return value
    const { pending } = value
    // What might have begun a GELU or a hard sigmoid and did not: a product or a sum like any other.
    const fill = (number: number) => (): Float32Array => new Float32Array(channelsOf(value.shape)).fill(number)
    const x = withoutPending(value)
    if (pending.step === 'scaled') return this.affine(`${name ?? ''}.scaled`, x, { scale: fill(pending.by) })
    if (pending.step === 'plus-3') return this.affine(`${name ?? ''}.sum`, x, { offset: fill(3) })
    throw new NoLayer(`what comes before it (${pending.step}) is the beginning of no layer of ours`)
  }
  map(name: string | undefined): Value & { readonly shape: MapShape } {
    const { isFlat: _, ...value } = this.plain(name)
    return asMap(value)
  }
  /** The order of the features of a map that the file flattens as it stands; made once for maps of a size. @throws NoLayer */
  outermost(shape: MapShape): FeatureOrder | undefined {
    const key = shape.join()
    if (!this.orders.has(key)) {
      this.keepOrder(elementCount(shape))
      this.orders.set(key, channelsOutermost(shape))
    }
    return this.orders.get(key)
  }
  /** As features: a map that the file takes for some is flattened now. */
  features(name: string, value: Value): Value {
    if (value.isFlat !== true) return value
    const { id, shape } = value
    return this.add(`${name}.flatten`, 'flatten', {}, [{ id, shape }])
  }

  /** Appends a layer. @throws NoLayer where its shape rule refuses it */
  layer(
    node: OnnxNode,
    kind: LayerKind,
    parameters: ParameterValues,
    inputs: readonly Value[],
    values: LayerValues = {},
  ): Value {
    const value = this.add(node.name, kind, parameters, inputs, values)
    const isFlat = inputs.every((input) => input.isFlat === true) && kind !== 'flatten'
    return isFlat ? { ...value, isFlat } : value
  }
}

/** A constant of the file: what it really holds is known once it is read. */
function counted(constant: OnnxConstant, budget: WorkBudget): OnnxConstant {
  let isRead = false
  return {
    dims: constant.dims,
    get values() {
      return constant.values
    },
    numbers: () => {
      const found = constant.numbers()
      if (found !== undefined && !isRead) budget.hold(found.length)
      isRead = true
      return found
    },
  }
}

/** A shape `[batch, channels, 1, 1]`; one that is put together in the graph may be. */
const endsInOnes = (sizes: OnnxConstant | undefined): boolean => {
  const values = sizes?.values
  return sizes === undefined || (values?.length === 4 && values[2] === 1 && values[3] === 1)
}

/** The value itself. */
export function withoutPending({ id, shape, order, isFlat }: Value): Value {
  return { id, shape, ...(order !== undefined && { order }), ...(isFlat === true && { isFlat }) }
}
