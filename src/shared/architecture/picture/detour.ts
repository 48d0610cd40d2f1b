// Lines that no layout has led: one that would pass behind a card goes around it instead, on the right, in a lane of its own.
import type { Position } from '../document'
import { LAYER_GAP, SIDE_GAP, type Size } from './size'

export interface Box extends Size {
  readonly id: string
  readonly position: Position
}

/** Between two lanes beside the same cards: wider than the arrow heads, so that they stay apart. */
const LANE = 12
/** A card this near to a line would seem to hang on it. */
const CLEARANCE = 6

/** Finds ways around; remembers the lanes it gave, so make one for each drawing. */
export function createDetours(boxes: readonly Box[]): (from: Box, to: Box) => readonly Position[] {
  const lanes: { readonly x: number; readonly top: number; readonly bottom: number }[] = []

  return (from, to) => {
    const top = from.position.y + from.height / 2
    const bottom = to.position.y - to.height / 2
    // Only where a card fits between: neighbours are most of the lines of a large drawing.
    if (bottom - top <= LAYER_GAP) return []
    const left = Math.min(from.position.x, to.position.x) - CLEARANCE
    const right = Math.max(from.position.x, to.position.x) + CLEARANCE
    const blocking = boxes.filter(
      ({ id, position, width, height }) =>
        id !== from.id &&
        id !== to.id &&
        position.y + height / 2 > top &&
        position.y - height / 2 < bottom &&
        position.x + width / 2 > left &&
        position.x - width / 2 < right,
    )
    if (blocking.length === 0) return []
    let x = Math.max(...blocking.map(({ position, width }) => position.x + width / 2)) + SIDE_GAP
    while (lanes.some((lane) => Math.abs(lane.x - x) < LANE && lane.top < bottom && lane.bottom > top)) x += LANE
    lanes.push({ x, top, bottom })
    const [out, back] = [top + LAYER_GAP / 2, bottom - LAYER_GAP / 2]
    return [
      { x: from.position.x, y: out },
      { x, y: out },
      { x, y: back },
      { x: to.position.x, y: back },
    ]
  }
}
