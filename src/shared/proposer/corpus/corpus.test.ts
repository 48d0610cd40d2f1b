// What the relational GPT learns from: measured cells out of a table, blocks of published networks, random graphs, and orders.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graphKey, prune, type OperationGraph } from '../../language/graphs/operation-graph'
import { operationKey } from '../../language/graphs/operation'
import { createRandom } from '../../random'
import { capacityOf, depthOf } from '../objectives'
import { blockStacks } from './block-stacks'
import { measuredCells } from './measured-cells'
import { randomGraph } from './random-graphs'
import { reordered } from './topological'

const HEADER = 'hash,matrix,ops,val_acc_4ep'

describe('measured cells', () => {
  it('are graphs with the mean of their runs and its rank', () => {
    const cells = measuredCells(
      [
        HEADER,
        'a,0110/0010/0001/0000,IABO,0.3',
        'b,011/001/000,IPO,0.9',
        'a,0110/0010/0001/0000,IABO,0.5',
        'c,01/00,IO,0.1',
      ].join('\n'),
    )
    expect(cells.map(({ graph }) => graphKey(graph))).toEqual([
      'convolution:3:1:<-1 convolution:1:1:<-1,0 -> 1',
      'pool:3:1:<-1 -> -1,0',
      ' -> -1',
    ])
    expect(cells.map(({ accuracy }) => accuracy)).toEqual([0.4, 0.9, 0.1])
    expect(cells.map(({ quality }) => quality)).toEqual([1, 3, 0])
    expect(cells[0]!.quantile).toBeCloseTo(0, 9)
    expect(cells[1]!.quantile).toBeCloseTo(-cells[2]!.quantile, 9)
  })

  it.each([
    ['hash,matrix,ops\na,01/00,IO', /no column val_acc_4ep/],
    [`${HEADER}\na,011/001/000,IXO,0.5`, /Row 2 .* operation "X"/],
    [`${HEADER}\na,01/00,IO,none`, /Row 2 .* no accuracy: "none"/],
  ])('are refused with the row: %j', (text, message) => expect(() => measuredCells(text)).toThrow(message))
})

describe('blocks of networks', () => {
  it('are whole graphs of the operations that the GPT can write', () => {
    const draw = blockStacks()
    const random = createRandom(1)
    const keys = new Set<string>()
    for (let i = 0; i < 500; i++) {
      const graph = draw(random)
      expect(prune(graph)).toEqual(graph)
      expect(graph.nodes.every(({ operation }) => operation.kind !== 'other')).toBe(true)
      keys.add(graphKey(graph))
    }
    // ResNet's basic block and its bottleneck, each once.
    expect(keys).toContain('convolution:3:1:<-1 convolution:3:1:<0 -> -1,1')
    expect(keys).toContain('convolution:1:1:<-1 convolution:3:1:<0 convolution:1:1:<1 -> -1,2')
  })
})

describe('orders', () => {
  it('are topological, and change neither what is computed nor how much', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = createRandom(seed)
        const graph = randomGraph(random)
        const other = reordered(graph, random)
        other.nodes.forEach(({ from }, i) => expect(from.every((source) => source < i)).toBe(true))
        const operations = ({ nodes }: OperationGraph): string[] =>
          nodes.map(({ operation }) => operationKey(operation)).sort()
        expect(operations(other)).toEqual(operations(graph))
        expect(capacityOf(other)).toBeCloseTo(capacityOf(graph), 12)
        expect(depthOf(other)).toBe(depthOf(graph))
        expect(prune(other)).toEqual(other)
      }),
    )
  })
})
