// The canonical hash: equal for renamed, reordered and needlessly decorated graphs, different for everything else.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LayerGraph, LayerNode } from '../layer'
import { INPUT_ID } from '../layer'
import { createRandom, type Random } from '../../random'
import { canonicalHash } from './index'

const input = [8, 8, 4] as const
const node = (id: string, kind: string, inputs: string[], parameters = {}): LayerNode => ({
  id,
  kind,
  parameters,
  inputs,
})
const graph = (nodes: LayerNode[], output = nodes.at(-1)!.id): LayerGraph => ({ input, nodes, output })

/** Every value keeps its shape, so any wiring is valid. */
function randomGraph(random: Random, size: number): LayerGraph {
  const nodes: LayerNode[] = []
  for (let i = 0; i < size; i++) {
    const ids = [INPUT_ID, ...nodes.map(({ id }) => id)]
    const kind = random.choice(['relu', 'conv2d', 'add', 'concatenate'])
    const count = kind === 'add' || kind === 'concatenate' ? 2 : 1
    const inputs = Array.from({ length: count }, () => random.choice(ids))
    nodes.push(node(`n${i}`, kind, inputs, kind === 'conv2d' ? { channels: random.choice([4, 8]) } : {}))
  }
  return graph(nodes)
}

/** Other names, another topological order, terms of sums swapped. */
function disguise({ nodes, output }: LayerGraph, random: Random): LayerGraph {
  const names = new Map([[INPUT_ID, INPUT_ID], ...random.shuffle(nodes).map(({ id }, i) => [id, `x${i}`] as const)])
  const placed = new Set([INPUT_ID])
  const left = random.shuffle(nodes)
  const result: LayerNode[] = []
  while (left.length > 0) {
    const next = left.findIndex(({ inputs }) => inputs.every((id) => placed.has(id)))
    const [taken] = left.splice(next, 1)
    placed.add(taken!.id)
    const inputs = taken!.inputs.map((id) => names.get(id)!)
    result.push({
      ...taken!,
      id: names.get(taken!.id)!,
      inputs: taken!.kind === 'add' ? random.shuffle(inputs) : inputs,
    })
  }
  return { input, nodes: result, output: names.get(output)! }
}

/** By trying every assignment of the live nodes: slow, certain. */
function isIsomorphic(a: LayerGraph, b: LayerGraph): boolean {
  const label = ({ kind, parameters }: LayerNode): string => kind + JSON.stringify(parameters)
  const other = new Map(b.nodes.map((n) => [n.id, n]))
  const mine = new Map(a.nodes.map((n) => [n.id, n]))
  const match = (left: string, right: string, map: ReadonlyMap<string, string>): ReadonlyMap<string, string>[] => {
    const known = map.get(left)
    if (known !== undefined) return known === right ? [map] : []
    if ([...map.values()].includes(right)) return []
    const extended = new Map([...map, [left, right]])
    const first = mine.get(left)
    const second = other.get(right)
    if (!first || !second) return first === second && left === right ? [extended] : []
    if (label(first) !== label(second) || first.inputs.length !== second.inputs.length) return []
    const orders = first.kind === 'add' ? [second.inputs, [...second.inputs].reverse()] : [second.inputs]
    return orders.flatMap((order) =>
      first.inputs.reduce<ReadonlyMap<string, string>[]>(
        (maps, id, slot) => maps.flatMap((m) => match(id, order[slot]!, m)),
        [extended],
      ),
    )
  }
  return match(a.output, b.output, new Map()).length > 0
}

describe('canonicalHash', () => {
  it('does not see names, order of nodes and order of terms', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 24 }), (seed, size) => {
        const random = createRandom(seed)
        const original = randomGraph(random, size)
        expect(canonicalHash(disguise(original, random))).toBe(canonicalHash(original))
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('agrees with exhaustive comparison on every pair of 220 small graphs', () => {
    const random = createRandom(7)
    const graphs = Array.from({ length: 220 }, () => randomGraph(random, 3 + random.integer(4)))
    const hashes = graphs.map(canonicalHash)
    let equal = 0
    for (let i = 0; i < graphs.length; i++)
      for (let j = 0; j < i; j++) {
        const isSame = isIsomorphic(graphs[i]!, graphs[j]!)
        if (isSame) equal++
        expect(hashes[i] === hashes[j], `${JSON.stringify(graphs[i])} ${JSON.stringify(graphs[j])}`).toBe(isSame)
      }
    expect(equal).toBeGreaterThan(20)
  })

  it('tells one shared layer from two equal ones, which train different weights', () => {
    const conv = (id: string): LayerNode => node(id, 'conv2d', [INPUT_ID], { channels: 4 })
    const shared = graph([conv('a'), node('s', 'add', ['a', 'a'])])
    const separate = graph([conv('a'), conv('b'), node('s', 'add', ['a', 'b'])])
    expect(canonicalHash(shared)).not.toBe(canonicalHash(separate))
  })

  it('sees parameters, but not whether a default is written out', () => {
    const conv = (parameters: object): string => canonicalHash(graph([node('a', 'conv2d', [INPUT_ID], parameters)]))
    expect(conv({ channels: 8, groups: 1 })).toBe(conv({ channels: 8 }))
    expect(conv({ channels: 8 })).not.toBe(conv({ channels: 16 }))
    expect(conv({ channels: 8, kernel: [1, 3] })).not.toBe(conv({ channels: 8, kernel: [3, 1] }))
  })

  it('keeps the order of a concatenation', () => {
    const pair = (inputs: string[]): string =>
      canonicalHash(
        graph([node('a', 'relu', [INPUT_ID]), node('b', 'sigmoid', [INPUT_ID]), node('c', 'concatenate', inputs)]),
      )
    expect(pair(['a', 'b'])).not.toBe(pair(['b', 'a']))
  })

  it('ignores dead branches, identities, zeros in sums and sums of one term', () => {
    const plain = graph([node('a', 'relu', [INPUT_ID]), node('s', 'add', ['a', INPUT_ID])])
    const decorated = graph(
      [
        node('i', 'identity', [INPUT_ID]),
        node('dead', 'conv2d', ['i'], { channels: 4 }),
        node('a', 'relu', ['i']),
        node('z', 'zero', ['a']),
        node('s', 'add', ['a', 'z', INPUT_ID]),
        node('one', 'add', ['s', 'z']),
        node('end', 'identity', ['one']),
      ],
      'end',
    )
    expect(canonicalHash(decorated)).toBe(canonicalHash(plain))
    expect(canonicalHash({ ...plain, output: 'a' })).not.toBe(canonicalHash(plain))
  })

  it('sees the input shape', () => {
    const relu = graph([node('a', 'relu', [INPUT_ID])])
    expect(canonicalHash({ ...relu, input: [16, 16, 4] })).not.toBe(canonicalHash(relu))
  })

  it('hashes 300 layers in well under a search step', () => {
    const large = randomGraph(createRandom(3), 300)
    const chain = graph(
      Array.from({ length: 300 }, (_, i) =>
        node(`c${i}`, 'conv2d', [i === 0 ? INPUT_ID : `c${i - 1}`], { channels: 4 }),
      ),
    )
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now()
      canonicalHash(chain)
      canonicalHash(large)
      return performance.now() - start
    })
    // The fastest, with a wide margin over the 4 ms measured: guards against something quadratic, not a slow machine.
    expect(Math.min(...times)).toBeLessThan(100)
  })
})
