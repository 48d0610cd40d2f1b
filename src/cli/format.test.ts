import { describe, expect, it } from 'vitest'
import { bar, bytes, count, duration, percent, table } from './format'

describe('figures as people read them', () => {
  it.each([
    [0, '0 s'],
    [59.6, '1 min 0 s'],
    [3599, '59 min 59 s'],
    [7260, '2 h 1 min'],
    [180_000, '2 d 2 h'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text))

  it.each([
    [7, '7'],
    [999, '999'],
    [12_345, '12.3 k'],
    [40_000_000, '40.0 M'],
  ])('%d counts as %s', (value, text) => expect(count(value)).toBe(text))

  it('gives sizes in binary units and accuracies in percent', () => {
    expect([bytes(512), bytes(1536), bytes(3 * 1024 ** 3), percent(0.4567)]).toEqual([
      '512 B',
      '1.5 KiB',
      '3.0 GiB',
      '45.7 %',
    ])
  })

  it('keeps a bar inside its frame whatever the fraction', () => {
    expect([bar(-1, 4), bar(0.5, 4), bar(2, 4)]).toEqual(['[....]', '[##..]', '[####]'])
  })

  it('aligns columns', () => {
    expect(
      table(
        ['Name', '>Best'],
        [
          ['a', '5.0 %'],
          ['longer', '45.0 %'],
        ],
      ),
    ).toBe('Name      Best\na        5.0 %\nlonger  45.0 %')
  })
})
