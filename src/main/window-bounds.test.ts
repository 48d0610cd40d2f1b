import { describe, expect, it } from 'vitest'
import { DEFAULT_BOUNDS, usableBounds } from './window-bounds'

const laptop = { x: 0, y: 0, width: 1920, height: 1080 }
const beside = { x: 1920, y: 0, width: 2560, height: 1440 }
const stored = { x: 2000, y: 50, width: 1200, height: 800, maximized: true }

describe('where the window opens', () => {
  it('is where it was left', () => expect(usableBounds(stored, [laptop, beside])).toEqual(stored))

  it('is on a screen that is still there', () => {
    expect(usableBounds(stored, [laptop])).toEqual({ width: 1200, height: 800, maximized: true })
    expect(usableBounds({ ...stored, x: 100, y: -200 }, [laptop])).not.toHaveProperty('y')
    expect(usableBounds({ ...stored, x: 1900 }, [laptop])).not.toHaveProperty('x')
  })

  it.each([
    [null],
    ['text'],
    [{}],
    [{ ...stored, x: 'left' }],
    [{ ...stored, width: 3 }],
    [{ ...stored, height: 1e9 }],
  ])('is the default when %j was stored', (damaged) =>
    expect(usableBounds(damaged, [laptop, beside])).toEqual(DEFAULT_BOUNDS),
  )
})
