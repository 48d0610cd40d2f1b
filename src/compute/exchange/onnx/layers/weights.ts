// The weights of a convolution or dense layer: in the graph's precision, or as integers where values are rounded.
import type { GraphBuilder } from '../graph-builder'
import { storedBias, storedWeight, type Scale } from '../quantise'

interface Weight {
  readonly dims: readonly number[]
  readonly values: Float32Array
  /** Of the outputs. */
  readonly axis: number
}

/** @param rounded what the layer's input was rounded to @returns names of the weight and, where there is one, the bias */
export function weightsOf(
  builder: GraphBuilder,
  id: string,
  { dims, values, axis }: Weight,
  bias: Float32Array | null,
  rounded: Scale | null,
): string[] {
  const [weightHint, biasHint] = [`${id}.weight`, `${id}.bias`]
  if (rounded === null)
    return [
      builder.constant(weightHint, dims, values),
      ...(bias ? [builder.constant(biasHint, [bias.length], bias)] : []),
    ]
  const { name, scales } = storedWeight(builder, weightHint, dims, values, axis)
  const steps = scales.map((scale) => scale * rounded.scale)
  return [name, ...(bias ? [storedBias(builder, biasHint, bias, steps)] : [])]
}
