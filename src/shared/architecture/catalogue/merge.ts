// Shape rule shared by add and multiply.
import type { InputShapes, ShapeResult, TensorShape } from '../layer'
import { failed, shapeText } from './simple-layer'

const isEqual = (first: TensorShape, second: TensorShape): boolean =>
  first.length === second.length && first.every((size, axis) => size === second[axis])

/** `equal` wants one shape; `spread` also accepts [1, 1, channels] beside maps with those channels. */
export function mergedShape(inputs: InputShapes, rule: 'equal' | 'spread'): ShapeResult {
  const isGate = (shape: TensorShape): boolean => shape.length === 3 && shape[0] === 1 && shape[1] === 1
  const map = (rule === 'spread' ? inputs.find((shape) => !isGate(shape)) : undefined) ?? inputs[0]
  for (const shape of inputs) {
    if (isEqual(shape, map)) continue
    if (rule === 'spread' && isGate(shape) && map.length === 3 && shape[2] === map[2]) continue
    return failed(`the inputs have different shapes, ${shapeText(map)} and ${shapeText(shape)}`)
  }
  return { ok: true, shape: map }
}
