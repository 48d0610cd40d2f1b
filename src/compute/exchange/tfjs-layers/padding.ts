// Which padding a stock layer can do itself and which needs a layer of its own. Keras knows SAME and VALID; SAME at
// stride 2 puts its odd zero after the map, PyTorch's half padding puts one on both sides.
import { mapOf, windowCount, windowPadding, type WindowRule } from '@shared/architecture/catalogue/window'
import { zeroPad } from './pieces'
import type { TopologyBuilder, Value } from './topology'

const AXES = [0, 1] as const

/** True where TensorFlow's SAME pads exactly as `rule` asks. */
export function isSame(input: Value, rule: WindowRule): boolean {
  const same: WindowRule = { ...rule, padding: 'same', ceil: false }
  const map = mapOf(input.shape)
  return AXES.every((axis) => {
    const size = map[axis]
    const asked = windowPadding(size, rule, axis)
    const given = windowPadding(size, same, axis)
    return (
      asked[0] === given[0] && asked[1] === given[1] && windowCount(size, rule, axis) === windowCount(size, same, axis)
    )
  })
}

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
  if (pads.some((pad) => pad > 0) && isSame(input, rule)) return { input, padding: 'same' }
  return { input: padExplicitly(builder, hint, input, rule), padding: 'valid' }
}
