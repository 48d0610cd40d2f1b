import { describe, expect, it } from 'vitest'
import { GIB, KIB, MIB, readableBytes } from './units'

describe('sizes in words', () => {
  it('take the largest unit of which there is at least one', () => {
    expect([0, 1023, KIB, 1.5 * MIB, 3 * GIB, 5000 * GIB].map(readableBytes)).toEqual([
      '0 B',
      '1023 B',
      '1.0 KiB',
      '1.5 MiB',
      '3.0 GiB',
      '4.9 TiB',
    ])
  })
})
