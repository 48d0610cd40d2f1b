import { describe, expect, it } from 'vitest'
import { NO_CLASS, type ImportPart } from '../importers/importer'
import { assignSplits } from './assign-splits'

function part(split: ImportPart['split'], labels: readonly number[]): ImportPart {
  return {
    split,
    labels: Uint16Array.from(labels),
    items: () => {
      throw new Error('splits are decided from labels alone')
    },
  }
}
const many = (count: number, classes: number): number[] => Array.from({ length: count }, (_, index) => index % classes)

describe('splits of an import', () => {
  it('a given test split stays it', () => {
    const parts = [part('train', many(20, 2)), part('test', many(10, 2)), part(null, many(4, 2))]
    expect(assignSplits(parts, 2, 0.5, 0)).toEqual({ splits: ['train', 'test', 'train'], testFrom: 'given', notes: [] })
  })

  it('without one a stratified share becomes it, told with its seed, the same for the same seed', () => {
    const parts = [part(null, many(90, 3)), part('train', many(30, 3))]
    const drawn = assignSplits(parts, 3, 1 / 6, 7)
    expect(drawn.testFrom).toBe('share')
    expect(drawn.notes[0]).toMatch(/20 of 120 images.*seed 7/)
    const chosen = drawn.splits.flatMap((splits, index) =>
      [...splits].flatMap((split, at) => (split === 'test' ? [parts[index]!.labels[at]!] : [])),
    )
    expect([0, 1, 2].map((label) => chosen.filter((value) => value === label).length)).toEqual([7, 7, 6])
    expect(assignSplits(parts, 3, 1 / 6, 7)).toEqual(drawn)
    expect(assignSplits(parts, 3, 1 / 6, 8).splits).not.toEqual(drawn.splits)
  })

  it('images without a class are never drawn, and a test split of such is none', () => {
    const labels = many(60, 2).map((label, index) => (index % 3 === 0 ? NO_CLASS : label))
    const { splits, testFrom } = assignSplits([part(null, labels), part('test', [NO_CLASS, NO_CLASS])], 2, 0.25, 1)
    expect(testFrom).toBe('share')
    const first = splits[0] as readonly string[]
    expect(first.filter((split) => split === 'test')).toHaveLength(10)
    labels.forEach((label, index) => label === NO_CLASS && expect(first[index]).toBe('train'))
  })

  it('never takes the only image of a class', () => {
    for (let seed = 0; seed < 50; seed++) {
      const labels = [...many(30, 2), 2, 3, 4]
      const { splits, notes } = assignSplits([part(null, labels)], 5, 0.5, seed)
      for (const label of [0, 1, 2, 3, 4])
        expect(
          labels.some((own, at) => own === label && splits[0]![at] === 'train'),
          `${seed}: ${label}`,
        ).toBe(true)
      const tested = (splits[0] as readonly string[]).filter((split) => split === 'test').length
      expect(notes[0]).toContain(`${tested} of 33 images`)
    }
  })

  it('refuses when one of the splits would be empty', () => {
    expect(() => assignSplits([part('test', many(10, 2))], 2, 0.2, 0)).toThrow(/no image to train on/)
    expect(() => assignSplits([part(null, many(4, 2))], 2, 0.1, 0)).toThrow(/leaves one of the splits empty/)
  })
})
