// Where an arrow key leads from a node: the nearest node in that direction, judged by distance and by how straight it is.
import type { Position } from '@shared/architecture/document'

export type Direction = 'up' | 'down' | 'left' | 'right'

const STEP: Readonly<Record<Direction, readonly [x: number, y: number]>> = {
  up: [0, -1],
  down: [0, 1],
  left: [-1, 0],
  right: [1, 0],
}
/** A node aside counts as this much farther than one straight ahead (chosen by the authors on residual blocks). */
const ASIDE = 2

/** Undefined when nothing lies that way. */
export function neighbourIn(
  positions: ReadonlyMap<string, Position>,
  from: string,
  direction: Direction,
): string | undefined {
  const origin = positions.get(from)
  if (!origin) return undefined
  const [dx, dy] = STEP[direction]
  let best: string | undefined
  let least = Infinity
  for (const [id, { x, y }] of positions) {
    const ahead = (x - origin.x) * dx + (y - origin.y) * dy
    if (id === from || ahead <= 0) continue
    const distance = ahead + ASIDE * Math.abs((x - origin.x) * dy + (y - origin.y) * dx)
    if (distance >= least) continue
    best = id
    least = distance
  }
  return best
}
