// Whether a window may leave its padding to TensorFlow's SAME, which puts an odd zero after the map. Arithmetic only.
import { windowCount, windowPadding, type WindowRule } from '@shared/architecture/catalogue/window'
import type { MapShape } from '@shared/architecture/layer'

const AXES = [0, 1] as const

/** True where TensorFlow's SAME pads exactly as `rule` asks. */
export function isSame(map: MapShape, rule: WindowRule): boolean {
  const same: WindowRule = { ...rule, padding: 'same', ceil: false }
  return AXES.every((axis) => {
    const size = map[axis]
    const asked = windowPadding(size, rule, axis)
    const given = windowPadding(size, same, axis)
    return (
      asked[0] === given[0] && asked[1] === given[1] && windowCount(size, rule, axis) === windowCount(size, same, axis)
    )
  })
}
