// What the GPT writes: always a member of the grammar, whatever the weights; and the same for the same seed.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operation } from '../language/graphs/operation'
import { graphKey } from '../language/graphs/operation-graph'
import { createRandom } from '../random'
import { Tape } from '../autodiff/tape'
import { CachedWriter } from './cached-writing'
import { randomGraph } from './corpus/random-graphs'
import { reordered } from './corpus/topological'
import { graphBatch } from './graph-batch'
import { OPERATIONS } from './operation-tokens'
import { RelationalGpt } from './relational-gpt'
import { graphGrammar, sampleGraphs } from './sampling'

describe('samples', () => {
  it('are members of the grammar, whatever was learned', () => {
    const grammars = fc.record({
      words: fc.uniqueArray(fc.integer({ min: 0, max: OPERATIONS.length - 1 }), { minLength: 1, maxLength: 5 }),
      nodes: fc.integer({ min: 0, max: 6 }),
      edges: fc.integer({ min: 1, max: 9 }),
      seed: fc.nat(),
      temperature: fc.constantFrom(0.1, 1, 5),
    })
    fc.assert(
      fc.property(grammars, ({ words, nodes, edges, seed, temperature }) => {
        const gpt = RelationalGpt.draw(createRandom(seed))
        // Louder than any draw: what the mask lets through is not what the weights happen to like.
        for (const value of gpt.parameters.get('class.weight').data.keys())
          gpt.parameters.get('class.weight').data[value]! *= 20
        const grammar = graphGrammar(
          words.map((word) => OPERATIONS[word]!),
          nodes,
          edges,
        )
        const options = { count: 20, quality: 4, temperature, random: createRandom(seed) }
        for (const graph of sampleGraphs(gpt, grammar, options)) expect(grammar.problems(graph)).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it('reach every member of a small grammar', () => {
    const gpt = RelationalGpt.draw(createRandom(1))
    const grammar = graphGrammar([operation('pool', 3)], 1, 3)
    const options = { count: 400, quality: 5, temperature: 1, random: createRandom(2) }
    const keys = new Set(sampleGraphs(gpt, grammar, options).map(graphKey))
    // Nothing; the operation alone; the operation beside a skip.
    expect([...keys].sort()).toEqual([' -> -1', 'pool:3:1:<-1 -> -1,0', 'pool:3:1:<-1 -> 0'])
  })

  it('are a function of their seed', () => {
    const gpt = RelationalGpt.draw(createRandom(1))
    const grammar = graphGrammar(OPERATIONS, 5, 9)
    const draw = (seed: number): string[] =>
      sampleGraphs(gpt, grammar, { count: 30, quality: 4, temperature: 1, random: createRandom(seed) }).map(graphKey)
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })
})

describe('what is kept of earlier tokens', () => {
  const gpt = RelationalGpt.draw(createRandom(3))
  // Biases by relation start at zero; only then do relations matter.
  for (const block of [0, 1]) {
    const { data } = gpt.parameters.get(`block${block}.relations`)
    data.forEach((_, i) => (data[i] = Math.sin(7 * i + block)))
  }

  it('gives the logits of the whole graph', () => {
    const random = createRandom(4)
    for (let draw = 0; draw < 30; draw++) {
      const { nodes, output } = reordered(randomGraph(random), random)
      const quality = random.integer(6)
      const writer = new CachedWriter(gpt, [5, quality], nodes.length)
      const batch = graphBatch([{ nodes, output }], [quality])
      const tape = new Tape(false)
      const next = gpt.next(tape, gpt.hidden(tape, batch), batch)
      let pair = 0
      next.written.forEach((token, place) => {
        const classes = writer.classes(1)
        classes.forEach((logit, i) => expect(logit).toBeCloseTo(next.classes.data[place * classes.length + i]!, 9))
        for (const logit of writer.sources([1], [batch.classes[token]!])[0]!)
          expect(logit).toBeCloseTo(next.sources.data[pair++]!, 9)
        const node = nodes[place]
        if (node !== undefined) writer.append([{ graph: 1, operation: node.operation, from: node.from }])
      })
      expect(pair).toBe(next.sources.rows)
    }
  })

  it('writes the same graphs', () => {
    const grammar = graphGrammar(OPERATIONS, 6, 12)
    const draw = (isAnew: boolean): string[] =>
      sampleGraphs(gpt, grammar, { count: 60, quality: 2, temperature: 1, random: createRandom(5), isAnew }).map(
        graphKey,
      )
    expect(draw(false)).toEqual(draw(true))
  })
})
