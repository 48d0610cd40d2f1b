// What every space must do: run from a test file with the space. Seeded, so that a failure can be repeated.
import { describe, expect, it } from 'vitest'
import { expandDocument } from '../../architecture/expand'
import { costOf } from '../../architecture/cost'
import type { BlockLibrary } from '../../architecture/block'
import { AppError } from '../../errors'
import { END } from '../../language/workbench/vocabulary'
import { createRandom } from '../../random'
import type { Genotype, Space } from '../space'

/** Architectures of an enumeration that are looked at. */
const LISTED = 500

/** @param library where blocks of the space's documents are looked up */
export function describeSpace<G extends Genotype>(title: string, space: Space<G>, library: BlockLibrary): void {
  /** A space of one architecture has nowhere to go. */
  const isVaried = space.size().count > 1
  const samples = (count: number, seed: number): G[] => {
    const random = createRandom(seed)
    return Array.from({ length: count }, () => space.random(random))
  }
  const expectInside = (genotype: G): void => expect(space.problems(genotype)).toEqual([])

  describe(`space ${title}`, () => {
    if (isVaried)
      it('draws varied architectures inside itself, the same ones for the same seed', () => {
        const drawn = samples(200, 1)
        drawn.forEach(expectInside)
        // Small spaces hold many genotypes of few architectures (nas-bench-201: three in four draws are new).
        expect(new Set(drawn.map((genotype) => space.canonicalKey(genotype))).size).toBeGreaterThan(120)
        expect(samples(200, 1)).toEqual(drawn)
        expect(samples(20, 2)).not.toEqual(drawn.slice(0, 20))
      })

    it('reads back what it writes', () => {
      for (const genotype of samples(50, 3)) expect(space.parse(JSON.parse(JSON.stringify(genotype)))).toEqual(genotype)
      for (const bad of [null, 7, [], {}, { space: 'elsewhere' }, { space: space.name }])
        expect(() => space.parse(bad)).toThrow(/genotype: /)
    })

    if (isVaried)
      it('mutates to something else inside itself, without touching the parent', () => {
        const random = createRandom(4)
        let changed = 0
        for (const genotype of samples(200, 5)) {
          const before = JSON.stringify(genotype)
          const mutant = space.mutate(genotype, random)
          expectInside(mutant)
          expect(JSON.stringify(genotype)).toBe(before)
          if (space.distance(genotype, mutant) > 0) changed++
        }
        // A mutation may fail to find room after its bounded tries, but hardly ever.
        expect(changed).toBeGreaterThan(195)
        const [parent] = samples(1, 6)
        expect(space.mutate(parent!, createRandom(8))).toEqual(space.mutate(parent!, createRandom(8)))
      })

    if (isVaried)
      it('crosses parents to children inside itself', () => {
        const random = createRandom(9)
        const parents = samples(200, 10)
        let fresh = 0
        for (let i = 0; i + 1 < parents.length; i += 2) {
          const children = space.crossover(parents[i]!, parents[i + 1]!, random)
          for (const child of children) {
            expectInside(child)
            if (space.distance(child, parents[i]!) > 0 && space.distance(child, parents[i + 1]!) > 0) fresh++
          }
        }
        expect(fresh).toBeGreaterThan(120)
      })

    if (isVaried)
      it('lists neighbours: inside, different, near, in a fixed order', () => {
        for (const genotype of samples(8, 11)) {
          const neighbours = space.neighbours(genotype)
          expect(neighbours.length).toBeGreaterThan(0)
          expect(space.neighbours(genotype)).toEqual(neighbours)
          for (const neighbour of neighbours) {
            expectInside(neighbour)
            expect(space.distance(genotype, neighbour)).toBeGreaterThan(0)
          }
        }
      })

    it('measures a distance: symmetric, zero to itself', () => {
      const drawn = samples(40, 12)
      for (let i = 0; i + 1 < drawn.length; i += 2) {
        const [first, second] = [drawn[i]!, drawn[i + 1]!]
        expect(space.distance(first, first)).toBe(0)
        expect(space.distance(first, second)).toBe(space.distance(second, first))
      }
    })

    if (isVaried)
      it('replaces what stands at a place, or says that it cannot', () => {
        const random = createRandom(13)
        let done = 0
        for (const genotype of samples(60, 14)) {
          const count = space.positions(genotype)
          if (count === 0) continue
          const position = random.integer(count)
          const name = random.choice(space.names())
          const replaced = space.replaceAt(genotype, position, name)
          if (replaced === undefined) continue
          done++
          expectInside(replaced)
          expect(space.positions(replaced)).toBe(count)
          for (let i = 0; i < count; i++)
            expect(space.nameAt(replaced, i)).toBe(i === position ? name : space.nameAt(genotype, i))
        }
        expect(done).toBeGreaterThan(40)
        const [some] = samples(1, 15)
        expect(space.replaceAt(some!, 0, 'no-such-name')).toBeUndefined()
        expect(() => space.nameAt(some!, space.positions(some!))).toThrow(RangeError)
        expect(() => space.nameAt(some!, -1)).toThrow(RangeError)
      })

    if (space.undocumented === undefined)
      it('gives documents that can be built, with a logit for each class', () => {
        for (const genotype of samples(20, 16)) {
          const { graph, shapes } = expandDocument(space.toDocument(genotype, 'sample'), library)
          expect(shapes.get(graph.output)).toEqual([10])
          expect(costOf(graph).parameters).toBeGreaterThan(0)
        }
      })

    if (space.undocumented !== undefined)
      it('says why it has no documents', () => {
        expect(() => space.toDocument(samples(1, 17)[0]!, 'sample')).toThrow(AppError)
      })

    if (space.fromDocument)
      it('finds in a document the architecture it was made from', () => {
        for (const genotype of samples(20, 18)) {
          const found = space.fromDocument!(space.toDocument(genotype, 'sample'))
          if ('reason' in found) throw new Error(found.reason)
          expect(space.canonicalKey(found.genotype)).toBe(space.canonicalKey(genotype))
        }
      })

    if (space.all)
      it('lists architectures inside itself, each once and in the same order', () => {
        const first = (): G[] => {
          const listed: G[] = []
          for (const genotype of space.all!()) if (listed.push(genotype) === LISTED) break
          return listed
        }
        const listed = first()
        listed.forEach(expectInside)
        expect(new Set(listed.map((genotype) => JSON.stringify(genotype))).size).toBe(listed.length)
        expect(first()).toEqual(listed)
        const { count, exact } = space.size()
        if (exact) expect(listed.length).toBe(Math.min(count, LISTED))
      })

    if (space.codec)
      it('writes sentences that its grammar allows and that are read back', () => {
        const { encode, decode, grammar } = space.codec!
        for (const genotype of samples(20, 19)) {
          const tokens = encode(genotype)
          expect(decode(tokens)).toEqual(genotype)
          for (let n = 0; n <= tokens.length; n++)
            expect(grammar.allowedNext(tokens.slice(0, n))).toContain(tokens[n] ?? END)
        }
      })

    if (space.table)
      it('has measured what is inside', () => {
        for (const genotype of samples(20, 20)) {
          const row = space.table!.row(genotype)!
          expect(Number.isFinite(row.fitness)).toBe(true)
          expect(row.costs).toHaveLength(space.table!.costNames.length)
        }
      })
  })
}
