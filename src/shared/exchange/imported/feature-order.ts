// Order of the features of a flattened map. Ours has the channels innermost; ONNX and PyTorch have them outermost, so a file's i-th
// feature is another one of ours: what is stored for each feature is turned once, instead of the values with every image.
import type { MapShape, TensorShape } from '../../architecture/layer'
import { elementCount } from '../../element-count'

/** The place among our features of the file's i-th. */
export type FeatureOrder = Int32Array

/** Of a map that the file flattens with its channels outermost; undefined where that is the same. */
export function channelsOutermost([height, width, channels]: MapShape): FeatureOrder | undefined {
  const area = height * width
  if (area === 1 || channels === 1) return undefined
  const order = new Int32Array(area * channels)
  for (let channel = 0; channel < channels; channel++)
    for (let position = 0; position < area; position++) order[channel * area + position] = position * channels + channel
  return order
}

/** Rows of the file in our order. @param values as many a feature for each, the features outermost */
export function inFeatureOrder(values: Float32Array, order: FeatureOrder): Float32Array {
  const each = values.length / order.length
  const turned = new Float32Array(values.length)
  order.forEach((ours, theirs) => turned.set(values.subarray(theirs * each, (theirs + 1) * each), ours * each))
  return turned
}

/** Of features that are joined one behind the other. */
export function joinedOrder(
  inputs: readonly { readonly shape: TensorShape; readonly order?: FeatureOrder }[],
): FeatureOrder {
  const order = new Int32Array(inputs.reduce((sum, { shape }) => sum + elementCount(shape), 0))
  let start = 0
  for (const { shape, order: own } of inputs) {
    const count = elementCount(shape)
    for (let i = 0; i < count; i++) order[start + i] = start + (own?.[i] ?? i)
    start += count
  }
  return order
}
