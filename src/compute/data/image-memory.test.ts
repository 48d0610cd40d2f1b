import { constants } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { cacheFor, imageMemory, leastBytes } from './image-memory'

const MEBIBYTE = 1024 * 1024
/** CIFAR-10's training split: 146 MiB. */
const cifar = { count: 50_000, rowBytes: 3072 }
const pixels = cifar.count * cifar.rowBytes

describe('image memory', () => {
  it('is a quarter of what is available, or what the environment says', () => {
    expect(imageMemory(1000, {})).toBe(250)
    expect(imageMemory(1000, { GPTNAS_IMAGE_MEMORY_MIB: '3' })).toBe(3 * MEBIBYTE)
    expect(imageMemory(1000, { GPTNAS_IMAGE_MEMORY_MIB: '0' })).toBe(0)
    for (const nonsense of ['', ' ', 'much', '-1'])
      expect(imageMemory(1000, { GPTNAS_IMAGE_MEMORY_MIB: nonsense })).toBe(250)
  })

  it('holds images that may be there and fit twice', () => {
    expect(cacheFor(cifar, 128, pixels, 3 * pixels)).toBeNull()
    expect(cacheFor(cifar, 128, pixels - 1, 3 * pixels)).toBe(pixels - 1)
    expect(cacheFor(cifar, 128, pixels, 1.5 * pixels)).toBeGreaterThan(0)
  })

  it('keeps no more than there is room for beside what is read ahead', () => {
    const room = 60 * MEBIBYTE
    const kept = cacheFor(cifar, 128, 100 * MEBIBYTE, room)!
    expect(kept).toBeGreaterThan(40 * MEBIBYTE)
    expect(kept + leastBytes(cifar, 128, 0)).toBeLessThanOrEqual(room)
    expect(cacheFor(cifar, 128, 100 * MEBIBYTE, -5)).toBe(0)
  })

  it('never asks for an array that the runtime refuses', () => {
    const huge = { count: 2, rowBytes: constants.MAX_LENGTH }
    expect(cacheFor(huge, 1, Infinity, Infinity)).not.toBeNull()
  })

  it('predicts two batches at least for large images', () => {
    const [rowBytes, batch] = [224 * 224 * 3, 128]
    const bytes = leastBytes({ count: 100_000, rowBytes }, batch, 0)
    expect(bytes).toBeGreaterThanOrEqual(2 * batch * rowBytes)
    expect(bytes).toBeLessThan(3 * batch * rowBytes)
  })
})
