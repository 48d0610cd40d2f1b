// Which padding a stock layer can do itself and which needs a layer of its own. Keras knows SAME and VALID; SAME at
// stride 2 puts its odd zero after the map, PyTorch's half padding puts one on both sides.
import { mapOf, windowPadding, type WindowRule } from '@shared/architecture/catalogue/window'
import { isSame } from '../same-padding'
import { zeroPad } from './pieces'
import type { TopologyBuilder, Value } from './topology'

const AXES = [0, 1] as const

/** The input with all of the rule's padding as zeros, for a VALID layer; the input itself where there is none. */
export function padExplicitly(builder: TopologyBuilder, hint: string, input: Value, rule: WindowRule): Value {
  const [height, width] = mapOf(input.shape)
  return zeroPad(builder, `${hint}.pad`, input, windowPadding(height, rule, 0), windowPadding(width, rule, 1))
}

/** Lets the layer pad itself where its SAME is what the rule asks, otherwise pads with zeros before it. */
export function padForWindow(
  builder: TopologyBuilder,
  hint: string,
  input: Value,
  rule: WindowRule,
): { readonly input: Value; readonly padding: 'same' | 'valid' } {
  const map = mapOf(input.shape)
  const pads = AXES.flatMap((axis) => windowPadding(map[axis], rule, axis))
  if (pads.some((pad) => pad > 0) && isSame(map, rule)) return { input, padding: 'same' }
  return { input: padExplicitly(builder, hint, input, rule), padding: 'valid' }
}
