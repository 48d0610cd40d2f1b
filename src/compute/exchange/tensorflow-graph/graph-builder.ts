// A TensorFlow graph under construction: nodes, constants and unique names. Maps are [batch, height, width, channels], as ours. Which
// operations stand for which layer is layers/'s; how the constants are stored is the format's.
import type { TensorShape } from '@shared/architecture/layer'
import { elementCount } from '@shared/element-count'
import type { Grid } from '../rounding'
import { attr, DT_FLOAT, DT_INT32, shapeProto, type AttrProto, type NodeProto } from './proto'

/** A value of the graph: what later nodes read. */
export interface Value {
  /** `node`, or `node:1` for another output than the first. */
  readonly name: string
  /** Without the batch. */
  readonly shape: TensorShape
}

export interface Constant {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array
  /** What its values were rounded to. */
  readonly grid?: Grid
}

/** The attribute, TensorFlow's own and ours begin with `_`, that names the layer whose value a node gives. */
export const LAYER_ATTRIBUTE = '_layer'

export class GraphBuilder {
  /** Constants are not among them: `constants` has them, and they come first. */
  readonly nodes: NodeProto[] = []
  readonly constants: Constant[] = []
  private readonly names: Set<string>
  private readonly shared = new Map<string, string>()

  /** @param reserved names that are given by whoever builds the model */
  constructor(reserved: readonly string[]) {
    this.names = new Set(reserved)
  }

  /**
   * Appends a float32 operation.
   * @param id of the layer it comes from: its name is made of it
   * @param shape of the output, without the batch
   */
  add(
    op: string,
    id: string,
    inputs: readonly string[],
    shape: TensorShape,
    attributes: Readonly<Record<string, AttrProto>> = {},
  ): Value {
    const name = this.unused(id)
    this.append({ name, op, input: inputs, attr: { T: attr.type(DT_FLOAT), ...attributes } })
    return { name, shape }
  }

  append(node: NodeProto): void {
    this.nodes.push(node)
  }

  constant(hint: string, shape: readonly number[], values: Float32Array, grid?: Grid): string {
    if (elementCount(shape) !== values.length)
      throw new RangeError(`${hint} has the shape [${shape.join(', ')}] and ${values.length} values`)
    const name = this.unused(hint)
    this.constants.push({ name, shape, values, ...(grid && { grid }) })
    return name
  }

  /** One number that several nodes may read. */
  scalar(value: number): string {
    return this.once(`scalar.${value}`, (name) => this.constant(name, [], Float32Array.of(value)))
  }

  /** Axes, sizes, paddings: equal ones are shared. @param shape of the constant; one axis where it is left out */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.once(`int.${shape.join('x')}.${values.join('.')}`, (hint) => {
      const name = this.unused(hint.replaceAll('-', 'm'))
      this.constants.push({ name, shape, values: Int32Array.from(values) })
      return name
    })
  }

  /** What several layers read parts of: made once for `key`. */
  once(key: string, make: (key: string) => string): string {
    const known = this.shared.get(key) ?? make(key)
    this.shared.set(key, known)
    return known
  }

  /** Notes that a node gives the value of a layer; the first layer of a value keeps it. */
  mark({ name }: Value, layer: string): void {
    const at = this.nodes.findIndex((node) => node.name === name)
    const node = this.nodes[at]
    if (node === undefined || LAYER_ATTRIBUTE in node.attr) return
    this.nodes[at] = { ...node, attr: { ...node.attr, [LAYER_ATTRIBUTE]: attr.text(layer) } }
  }

  /** TensorFlow's names: letters, digits, `_`, `.`, `-` and `/`, which groups them as blocks do; equal ones get a number. */
  unused(hint: string): string {
    const plain = hint.replace(/[^A-Za-z0-9_.\-/]/g, '_').replace(/\/+/g, '/')
    const base = /^[A-Za-z0-9.]/.test(plain) ? plain : `n${plain}`
    let name = base
    for (let i = 2; this.names.has(name); i++) name = `${base}_${i}`
    this.names.add(name)
    return name
  }
}

/** A constant's node; without its values where the format keeps them elsewhere. */
export function constantNode({ name, shape, values }: Constant, isInside: boolean): NodeProto {
  const dtype = values instanceof Float32Array ? DT_FLOAT : DT_INT32
  const tensorContent = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const tensor = { dtype, tensorShape: shapeProto(shape), ...(isInside && { tensorContent }) }
  return { name, op: 'Const', input: [], attr: { dtype: attr.type(dtype), value: { tensor } } }
}
