// Static quantisation as ONNX's QDQ form has it: a value is rounded to uint8 and back (QuantizeLinear, DequantizeLinear), a weight is
// stored as int8 with one scale an output, and whoever runs the graph may compute between the two in integers. The ranges come from
// calibration images (calibration.ts).
import { isLayerKind, type LayerKind } from '@shared/architecture/catalogue'
import type { LayerGraph } from '@shared/architecture/layer'
import { attribute, INT32, INT8, UINT8 } from '@shared/exchange/onnx/proto'
import type { FlatMap, GraphBuilder, Value } from './graph-builder'

/**
 * Products of a weight and a value are added in pairs in 16 bits where a processor has no VNNI, and two of 8 bits by 8 bits saturate:
 * weights take seven bits, as onnxruntime advises for such machines ("reduce_range").
 */
const HIGHEST_WEIGHT = 63
const HIGHEST_VALUE = 255

const HAS_WEIGHTS: readonly LayerKind[] = ['conv2d', 'depthwise-conv2d', 'dense']
/** They are computed together with the layer before them, so nothing is rounded in between. */
const FUSED: readonly LayerKind[] = ['relu', 'relu6']
const PASSING: readonly LayerKind[] = ['flatten', 'identity', 'dropout', 'stochastic-depth']

const isKind = (kind: string, kinds: readonly LayerKind[]): boolean => isLayerKind(kind) && kinds.includes(kind)

export interface Scale {
  readonly scale: number
  readonly zero: number
}

/** Zero is a level, so that padding stays zero. */
export function scaleOf([least, most]: readonly [number, number]): Scale {
  const low = Math.min(0, least)
  const high = Math.max(0, most)
  if (!(high > low)) return { scale: 1, zero: 0 }
  const scale = Math.fround((high - low) / HIGHEST_VALUE)
  return { scale, zero: Math.round(-low / scale) }
}

/** Values that are rounded: what layers with weights read, and what they give unless an activation follows; never the scores. */
export function roundedNodes({ nodes, output }: LayerGraph): ReadonlySet<string> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const source = (id: string): string => {
    const node = byId.get(id)
    return node !== undefined && isKind(node.kind, PASSING) ? source(node.inputs[0]!) : id
  }
  const wanted = new Set<string>()
  for (const node of nodes) {
    if (isKind(node.kind, HAS_WEIGHTS)) wanted.add(source(node.inputs[0]!))
    if (isKind(node.kind, FUSED)) continue
    for (const id of node.inputs) {
      const from = source(id)
      if (isKind(byId.get(from)?.kind ?? '', HAS_WEIGHTS)) wanted.add(from)
    }
  }
  wanted.delete(source(output))
  return wanted
}

/** The value rounded and back; a flattened map stays one. */
export function roundTrip<T extends Value | FlatMap>(
  builder: GraphBuilder,
  id: string,
  value: T,
  range: readonly [number, number],
): T {
  if ('map' in value) return { ...value, map: roundTrip(builder, id, value.map, range) }
  const { scale, zero } = scaleOf(range)
  const hint = `${id}.range`
  const parts = [
    builder.constant(`${hint}.scale`, [], Float32Array.of(scale), 'float32'),
    builder.stored(`${hint}.zero`, [], UINT8, Uint8Array.of(zero)),
  ]
  const levels = builder.add('QuantizeLinear', `${hint}.levels`, [value.name, ...parts], value.shape)
  const back = builder.add('DequantizeLinear', `${hint}.values`, [levels.name, ...parts], value.shape)
  return { ...value, name: back.name }
}

/**
 * A weight as int8 with a scale for each output, as the graph reads it.
 * @param axis of the outputs in `dims`
 * @returns the name of its values, and the scales
 */
export function storedWeight(
  builder: GraphBuilder,
  hint: string,
  dims: readonly number[],
  values: Float32Array,
  axis: number,
): { readonly name: string; readonly scales: Float32Array } {
  const outputs = dims[axis]!
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1)
  const outputOf = (i: number): number => Math.floor(i / inner) % outputs
  const largest = new Float32Array(outputs)
  values.forEach((value, i) => {
    const output = outputOf(i)
    largest[output] = Math.max(largest[output]!, Math.abs(value))
  })
  const scales = largest.map((most) => (most > 0 ? most / HIGHEST_WEIGHT : 1))
  const levels = Int8Array.from(values, (value, i) => Math.round(value / scales[outputOf(i)]!))
  const parts = [
    builder.stored(`${hint}.levels`, dims, INT8, new Uint8Array(levels.buffer)),
    builder.constant(`${hint}.scale`, [outputs], scales, 'float32'),
    builder.stored(`${hint}.zero`, [outputs], INT8, new Uint8Array(outputs)),
  ]
  const { name } = builder.add('DequantizeLinear', hint, parts, [outputs], [attribute.int('axis', axis)])
  return { name, scales }
}

/** A bias as int32 in steps of the value's scale times the weight's, which is how sums of products come out. */
export function storedBias(builder: GraphBuilder, hint: string, values: Float32Array, scales: Float32Array): string {
  const levels = Int32Array.from(values, (value, i) =>
    Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.round(value / scales[i]!))),
  )
  const parts = [
    builder.stored(`${hint}.levels`, [values.length], INT32, new Uint8Array(levels.buffer)),
    builder.constant(`${hint}.scale`, [values.length], scales, 'float32'),
  ]
  return builder.add('DequantizeLinear', hint, parts, [values.length], [attribute.int('axis', 0)]).name
}
