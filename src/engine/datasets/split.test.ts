import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataSelectionSchema } from '@shared/search/run'
import { indexBytes, quotas, stratifiedSplit } from './split'

const labels = Uint8Array.from({ length: 1000 }, (_, index) => (index < 500 ? 0 : index % 5))
const select = (trainImages: number | null, validationImages: number, splitSeed = 0) =>
  stratifiedSplit(labels, 5, dataSelectionSchema.parse({ trainImages, validationImages, splitSeed }))

describe('the stratified split', () => {
  it('has the asked sizes, no image twice, and classes in proportion', () => {
    const { train, validation } = select(400, 200)
    expect([train.length, validation.length]).toEqual([400, 200])
    expect(new Set([...train, ...validation]).size).toBe(600)
    const share = (indices: Int32Array) => indices.filter((index) => labels[index] === 0).length / indices.length
    expect(share(validation)).toBeCloseTo(0.6, 2)
    expect(share(train)).toBeCloseTo(0.6, 2)
    expect([...train]).toEqual([...train].sort((a, b) => a - b))
  })

  it('depends on the seed only; validation does not depend on the training size, and smaller training sets are nested', () => {
    expect(select(400, 200)).toEqual(select(400, 200))
    expect(select(400, 200, 1).validation).not.toEqual(select(400, 200).validation)
    const small = select(100, 200)
    expect(small.validation).toEqual(select(null, 200).validation)
    const all = new Set(select(null, 200).train)
    expect(all.size).toBe(800)
    expect([...small.train].every((index) => all.has(index))).toBe(true)
  })

  it('refuses more images than there are', () => {
    expect(() => select(900, 200)).toThrow(/900 images.*200.*1000/)
    expect(() => select(null, 1000)).toThrow(/has 1000/)
  })
})

describe('quotas', () => {
  it('sum to the total and never exceed a size', () =>
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (sizes, part) => {
          const total = Math.floor(sizes.reduce((sum, size) => sum + size, 0) * part)
          const shares = quotas(sizes, total)
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total)
          shares.forEach((share, label) => expect(share).toBeLessThanOrEqual(sizes[label]!))
        },
      ),
    ))
})

it('index files are int32 little-endian', () => {
  expect([...indexBytes(Int32Array.from([1, 258]))]).toEqual([1, 0, 0, 0, 2, 1, 0, 0])
})
