import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { maxResolution, MIN_RESOLUTION, shapeAt } from './resolution'

describe('the shape at a resolution', () => {
  it.each([
    [[32, 32, 3], null, [32, 32, 3]],
    [[32, 32, 3], 16, [16, 16, 3]],
    [[32, 32, 3], 31, [31, 31, 3]],
    [[28, 28, 1], 8, [8, 8, 1]],
    // The longer side is cut: what is left is 32 wide and not enlarged.
    [[48, 32, 3], 32, [32, 32, 3]],
  ] as const)('of %j at %j is %j', (shape, resolution, expected) => {
    expect(shapeAt('x', shape, resolution)).toEqual(expected)
  })

  it.each([
    [[32, 32, 3], 32, /32 x 32 pixels; a resolution of 32 changes nothing/, /from 8 to 31/],
    [[32, 32, 3], 64, /would enlarge/, /from 8 to 31/],
    [[48, 32, 3], 40, /would enlarge/, /from 8 to 32/],
    [[32, 32, 3], 7, /at least 8/, /from 8 to 31/],
    [[32, 32, 3], 12.5, /whole number/, /from 8 to 31/],
    [[4, 4, 3], 8, /would enlarge/, /too small to be reduced/],
    [[8, 8, 1], 8, /changes nothing/, /too small to be reduced/],
  ] as const)('of %j at %j is refused with what to do', (shape, resolution, message, fix) => {
    const error = expect.objectContaining({
      code: 'invalid-input',
      message: expect.stringMatching(message) as string,
      fix: expect.stringMatching(fix) as string,
    }) as Error
    expect(() => shapeAt('x', shape, resolution)).toThrow(error)
  })

  it('never enlarges a side and always makes images smaller, at every resolution that is allowed', () => {
    const random = createRandom(5)
    for (let round = 0; round < 60; round++) {
      const shape = [1 + random.integer(80), 1 + random.integer(80), 3] as const
      for (let resolution = 1; resolution <= 90; resolution++) {
        const isAllowed = resolution >= MIN_RESOLUTION && resolution <= maxResolution(shape)
        if (!isAllowed) {
          expect(() => shapeAt('x', shape, resolution)).toThrow()
          continue
        }
        const [height, width] = shapeAt('x', shape, resolution)
        expect(height <= shape[0] && width <= shape[1] && height * width < shape[0] * shape[1]).toBe(true)
      }
    }
  })
})
