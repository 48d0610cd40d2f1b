// An ONNX graph under construction: nodes, constants and unique names. Maps are [batch, channels, height, width] inside, while shapes
// are told as our documents have them. Which operators stand for which layer is layers/'s.
import type { MapShape, TensorShape } from '@shared/architecture/layer'
import { mapOf } from '@shared/architecture/catalogue/window'
import { elementCount } from '@shared/element-count'
import { halves } from '../half'
import type { Ranges } from '../ranges'
import {
  attribute,
  FLOAT,
  FLOAT16,
  INT64,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
} from '@shared/exchange/onnx/proto'

/** A value of the graph: what later nodes read. */
export interface Value {
  readonly name: string
  /** As ours, without the batch: `[height, width, channels]` or `[features]`. */
  readonly shape: TensorShape
}

/**
 * A map that was flattened. ONNX would put channels outermost, ours has them innermost: whoever can read either order (dense) takes
 * the map, for everybody else it is turned first.
 */
export interface FlatMap {
  readonly map: Value & { readonly shape: MapShape }
  readonly shape: TensorShape
}

const bytesOf = (values: Float32Array | Uint16Array | BigInt64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

export class GraphBuilder {
  readonly nodes: NodeProto[] = []
  readonly constants: TensorProto[] = []
  private readonly names: Set<string>
  private readonly turned = new Map<FlatMap, Value>()
  private readonly shared = new Map<string, string>()

  /** @param reserved names that are given by whoever builds the model */
  constructor(
    private readonly precision: 'float32' | 'float16',
    reserved: readonly string[],
    /** Values and weights are rounded to integers, by the ranges that nodes have; null where they are not. */
    readonly ranges: Ranges | null = null,
  ) {
    this.names = new Set(reserved)
  }

  /**
   * Appends a node with one output.
   * @param id of the layer it comes from: its name is made of it, and it is kept in the node's description
   * @param shape of the output
   */
  add(
    operator: string,
    id: string,
    inputs: readonly string[],
    shape: TensorShape,
    attributes: readonly AttributeProto[] = [],
  ): Value {
    const [name] = this.addSeveral(operator, id, inputs, 1, attributes)
    return { name: name!, shape }
  }

  /** Appends a node with `count` outputs. @returns their names */
  addSeveral(
    operator: string,
    id: string,
    inputs: readonly string[],
    count: number,
    attributes: readonly AttributeProto[] = [],
  ): string[] {
    const name = this.unused(id)
    const output = count === 1 ? [name] : Array.from({ length: count }, (_, i) => this.unused(`${id}.${i}`))
    this.nodes.push({ name, opType: operator, input: inputs, output, attribute: attributes, docString: id })
    return output
  }

  /** A constant in the graph's precision, `float32` where it stands before or behind the part that computes in it. */
  constant(hint: string, dims: readonly number[], values: Float32Array, precision = this.precision): string {
    if (elementCount(dims) !== values.length)
      throw new RangeError(`${hint} has the dimensions [${dims.join(', ')}] and ${values.length} values`)
    const isHalf = precision === 'float16'
    const rawData = bytesOf(isHalf ? halves(values, hint) : values)
    return this.store({ name: this.unused(hint), dims, dataType: isHalf ? FLOAT16 : FLOAT, rawData })
  }

  /** One number that several nodes may read. */
  scalar(value: number): string {
    const key = String(value)
    const known = this.shared.get(key) ?? this.constant(`scalar.${key}`, [], Float32Array.of(value))
    this.shared.set(key, known)
    return known
  }

  integers(hint: string, values: readonly number[]): string {
    const rawData = bytesOf(BigInt64Array.from(values, (value) => BigInt(value)))
    return this.store({ name: this.unused(hint), dims: [values.length], dataType: INT64, rawData })
  }

  /** A constant of another type. @param bytes little endian */
  stored(hint: string, dims: readonly number[], dataType: number, bytes: Uint8Array): string {
    return this.store({ name: this.unused(hint), dims, dataType, rawData: bytes })
  }

  /** A node's outputs that several layers read parts of: made once for `key`. */
  once(key: string, make: () => string): string {
    const known = this.shared.get(key) ?? make()
    this.shared.set(key, known)
    return known
  }

  /** The features of a flattened map in our order. */
  inOrder(value: Value | FlatMap): Value {
    if (!('map' in value)) return value
    const known = this.turned.get(value)
    if (known !== undefined) return known
    const { map, shape } = value
    const [height, width, channels] = mapOf(map.shape)
    const perm = attribute.ints('perm', [0, 2, 3, 1])
    const last = this.add('Transpose', `${map.name}.channels-last`, [map.name], [channels, height, width], [perm])
    const flat = this.add('Flatten', `${map.name}.flat`, [last.name], shape, [attribute.int('axis', 1)])
    this.turned.set(value, flat)
    return flat
  }

  /** The graph's nodes with `value` under another name, its readers included. */
  renamed(value: Value, name: string): NodeProto[] {
    const swap = (old: string): string => (old === value.name ? name : old)
    return this.nodes.map((node) => ({ ...node, input: node.input.map(swap), output: node.output.map(swap) }))
  }

  private store(tensor: TensorProto): string {
    this.constants.push(tensor)
    return tensor.name
  }

  /** Importers split names at slashes and trip over equal ones (tfjs#89, tfjs#4830): letters, digits, `_`, `.` and `-` are kept. */
  private unused(hint: string): string {
    const base = hint.replace(/[^A-Za-z0-9_.-]/g, '_')
    let name = base
    for (let i = 2; this.names.has(name); i++) name = `${base}_${i}`
    this.names.add(name)
    return name
  }
}
