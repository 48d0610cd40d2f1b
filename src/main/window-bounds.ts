// Where the window opens: as it was left, as long as that can still be seen. Pure.
import { z } from 'zod'

const boundsSchema = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(400).max(20_000),
  height: z.number().int().min(400).max(20_000),
  maximized: z.boolean().default(false),
})
/** Pixels of the desktop; without x and y the system chooses the place. */
export type Bounds = z.infer<typeof boundsSchema>

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const DEFAULT_BOUNDS: Bounds = { width: 1440, height: 900, maximized: false }

/** So much of the title bar must be on a screen for the window to be found and dragged. */
const GRIP = { width: 100, height: 30 }

/**
 * @param stored what a file said; anything
 * @param screens work areas of the screens there are now
 */
export function usableBounds(stored: unknown, screens: readonly Area[]): Bounds {
  const parsed = boundsSchema.safeParse(stored)
  if (!parsed.success) return DEFAULT_BOUNDS
  const { x, y, ...size } = parsed.data
  if (x === undefined || y === undefined) return size
  const isReachable = screens.some((screen) => {
    const visible = Math.min(x + size.width, screen.x + screen.width) - Math.max(x, screen.x)
    return visible >= GRIP.width && y >= screen.y && y + GRIP.height <= screen.y + screen.height
  })
  return isReachable ? { x, y, ...size } : size
}
