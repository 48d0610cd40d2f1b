import { describe, expect, it } from 'vitest'
import { validationImagesOf } from './validation-share'

const of = (available: number, trainImages: number | null = null): number =>
  validationImagesOf({ trainImages, validationImages: null }, available)

describe('the images that validate where nothing is said', () => {
  it('are a tenth, more of few and no more than 5,000 of many', () => {
    expect([50_000, 60_000, 1_281_167, 10_000, 1000].map((images) => of(images))).toEqual([5000, 5000, 5000, 1000, 100])
    expect([500, 100, 60, 10, 2].map((images) => of(images))).toEqual([100, 20, 12, 2, 1])
  })

  it('always leave some to train, and what was asked for', () => {
    for (let images = 2; images < 3000; images++) {
      expect(of(images)).toBeGreaterThanOrEqual(1)
      expect(of(images)).toBeLessThan(images)
      const train = Math.ceil(images * 0.95)
      if (train < images) expect(of(images, train) + train).toBeLessThanOrEqual(images)
    }
    expect(of(100, 90)).toBe(10)
  })

  it('are as many as was said', () => {
    expect(validationImagesOf({ trainImages: null, validationImages: 70 }, 100)).toBe(70)
  })
})
