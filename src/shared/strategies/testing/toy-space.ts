// Test double of a space: words of digits with a known best one. Small enough that every law can be checked by hand.
import type { Random } from '../../random'
import type { Genotype, Space } from '../../spaces/space'

export type Word = { readonly space: 'toy'; readonly digits: readonly number[] }

const TARGET = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]

/** Fraction of digits that agree with the target, in [0, 1]; 1 is the optimum. */
export function toyFitness(genotype: Genotype): number {
  const { digits } = genotype as Word
  return TARGET.reduce((sum, digit, i) => sum + (digits[i] === digit ? 1 : 0), 0) / TARGET.length
}

/** @param alphabet number of different digits; 1 leaves a space of a single word. */
export function createToySpace(alphabet = 10, length = TARGET.length): Space<Word> {
  const names = Array.from({ length: alphabet }, (_, digit) => `digit-${digit}`)
  const word = (digits: readonly number[]): Word => ({ space: 'toy', digits })
  const replaced = ({ digits }: Word, position: number, digit: number): Word =>
    word(digits.map((old, i) => (i === position ? digit : old)))
  return {
    name: 'toy',
    size: () => ({ count: alphabet ** length, exact: true }),
    parse: (json) => json as Word,
    random: (random) => word(Array.from({ length }, () => random.integer(alphabet))),
    problems: ({ digits }) =>
      digits.length === length ? [] : [`a word has ${length} digits, received ${digits.length}`],
    mutate: (genotype, random) => replaced(genotype, random.integer(length), random.integer(alphabet)),
    crossover: (first, second, random: Random) => {
      const cut = 1 + random.integer(length - 1)
      return [
        word([...first.digits.slice(0, cut), ...second.digits.slice(cut)]),
        word([...second.digits.slice(0, cut), ...first.digits.slice(cut)]),
      ]
    },
    neighbours: (genotype) => genotype.digits.map((digit, i) => replaced(genotype, i, (digit + 1) % alphabet)),
    distance: (first, second) => first.digits.filter((digit, i) => digit !== second.digits[i]).length,
    canonicalKey: ({ digits }) => digits.join(''),
    toDocument: () => {
      throw new Error('a toy word is no architecture')
    },
    positions: () => length,
    nameAt: ({ digits }, position) => `digit-${digits[position]}`,
    names: () => names,
    replaceAt: (genotype, position, name) => replaced(genotype, position, names.indexOf(name)),
  }
}
