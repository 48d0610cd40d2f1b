import { afterEach, describe, expect, it, vi } from 'vitest'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { inspectDocument } from '@shared/architecture/checks'
import {
  applyDiff,
  moveNodes,
  removeAndHeal,
  removeNodes,
  type ArchitectureDocument,
} from '@shared/architecture/document'
import { cardsOf } from '@shared/architecture/picture/cards'
import { newNetworkDocument, residualBlockDocument } from '../model/templates'
import { createCanvas, type Canvas, type CanvasIntents } from './canvas-adapter'
import { createDetours } from '@shared/architecture/picture/detour'
import { NO_LAYOUT, boundsOf, drawnGraph, layoutKey, segmentOf, type Layout } from '@shared/architecture/picture/graph'
import { fromElk, toElk } from '@shared/architecture/picture/elk-graph'
import { latestOnly } from '@/lib/latest-only'

vi.mock('elkjs/lib/elk-worker.min.js?url', () => ({ default: 'worker.js' }))

const cardsFor = (document: ArchitectureDocument) =>
  cardsOf(document, inspectDocument(document, BUILT_IN_BLOCKS), BUILT_IN_BLOCKS)
const draw = (document: ArchitectureDocument, layout: Layout = NO_LAYOUT) =>
  drawnGraph(document, layout, cardsFor(document))

describe('the drawn graph', () => {
  it('stands in a column until there is a layout, then where the layout says, from the place of the input', () => {
    const document = newNetworkDocument('net')
    const column = draw(document).nodes.map(({ position }) => position.y)
    expect([...column].sort((a, b) => a - b)).toEqual(column)
    const layout: Layout = { positions: new Map([['stem-1', { x: 5, y: 72 }]]), bends: new Map() }
    const moved = applyDiff(document, moveNodes(document, { input: { x: 100, y: 50 } }))
    const drawn = draw(moved, layout)
    expect(drawn.nodes.find(({ id }) => id === 'stem-1')?.position).toEqual({ x: 105, y: 122 })
    expect(drawn.nodes.find(({ id }) => id === 'input')).toMatchObject({ position: { x: 100, y: 50 }, isPlaced: true })
  })

  it('uses the bends of the layout only between nodes that it placed itself', () => {
    const document = newNetworkDocument('net')
    const bends = new Map([['edge-2', [{ x: 9, y: 9 }]]])
    expect(draw(document, { positions: new Map(), bends }).edges.find(({ id }) => id === 'edge-2')?.bends).toHaveLength(
      1,
    )
    const placed = applyDiff(document, moveNodes(document, { 'stem-1': { x: 1, y: 1 } }))
    expect(draw(placed, { positions: new Map(), bends }).edges.find(({ id }) => id === 'edge-2')?.bends).toEqual([])
  })

  it('leads a line around the cards that it would pass behind, each in a lane of its own', () => {
    const document = residualBlockDocument('b')
    const drawn = draw(document)
    const boxes = new Map(drawn.nodes.map((node) => [node.id, node]))
    const long = drawn.edges.filter(
      ({ from, to }) => boxes.get(to)!.position.y - boxes.get(from)!.position.y > 2 * boxes.get(to)!.height,
    )
    expect(long.length).toBeGreaterThan(0)
    for (const { from, to, bends } of long) {
      const corners = [boxes.get(from)!.position, ...bends, boxes.get(to)!.position]
      for (const { id, position, width, height } of drawn.nodes) {
        if (id === from || id === to) continue
        for (let i = 1; i < corners.length; i++) {
          const [a, b] = [corners[i - 1]!, corners[i]!]
          const isBeside = Math.min(a.x, b.x) >= position.x + width / 2 || Math.max(a.x, b.x) <= position.x - width / 2
          const isApart = Math.min(a.y, b.y) >= position.y + height / 2 || Math.max(a.y, b.y) <= position.y - height / 2
          expect(isBeside || isApart).toBe(true)
        }
      }
    }
    const detours = createDetours(drawn.nodes)
    const [first, second] = [0, 1].map(() => detours(drawn.nodes[0]!, drawn.nodes.at(-1)!))
    expect(second![1]!.x).toBeGreaterThan(first![1]!.x)
  })

  it('asks for a layout when nodes or connections change, not when something is moved', () => {
    const document = newNetworkDocument('net')
    const moved = applyDiff(document, moveNodes(document, { 'stem-1': { x: 1, y: 1 } }))
    expect(layoutKey(moved)).toBe(layoutKey(document))
    const healed = applyDiff(document, removeAndHeal(document, ['stem-2']))
    expect(layoutKey(healed)).not.toBe(layoutKey(document))
  })

  it('gives corners relative to the line between two centres, so that they come back to the same place', () => {
    const [from, to, corner] = [
      { x: 10, y: 20 },
      { x: 110, y: 220 },
      { x: 90, y: 60 },
    ]
    const { weight, distance } = segmentOf(from, to, corner)!
    const [dx, dy] = [to.x - from.x, to.y - from.y]
    const length = Math.hypot(dx, dy)
    // As Cytoscape puts them: along the line, then aside along its left-hand normal.
    expect(from.x + dx * weight + (-dy / length) * distance).toBeCloseTo(corner.x)
    expect(from.y + dy * weight + (dx / length) * distance).toBeCloseTo(corner.y)
    expect(segmentOf(from, from, corner)).toBeUndefined()
  })

  it('has a box around it', () => {
    const { nodes } = draw(newNetworkDocument('net'))
    const box = boundsOf(nodes)!
    expect(nodes.every(({ position }) => position.y >= box.y && position.y <= box.y + box.height)).toBe(true)
    expect(boundsOf([])).toBeNull()
  })
})

describe('the layout', () => {
  it('asks ELK about every node and connection, and puts the input at the origin', () => {
    const document = residualBlockDocument('b')
    const question = toElk(document)
    expect(question.children).toHaveLength(draw(document).nodes.length)
    expect(question.edges?.[0]).toMatchObject({ sources: ['input/out'] })
    const layout = fromElk({
      id: 'root',
      children: [
        { id: 'input', x: 10, y: 10, width: 100, height: 30 },
        { id: 'a', x: 0, y: 60, width: 120, height: 40 },
      ],
      edges: [
        {
          id: 'e',
          sources: [],
          targets: [],
          sections: [{ id: 's', startPoint: { x: 0, y: 0 }, endPoint: { x: 0, y: 0 }, bendPoints: [{ x: 60, y: 50 }] }],
        },
      ],
    })
    expect(layout.positions.get('input')).toEqual({ x: 0, y: 0 })
    expect(layout.positions.get('a')).toEqual({ x: 0, y: 55 })
    expect(layout.bends.get('e')).toEqual([{ x: 0, y: 25 }])
  })
})

describe('questions for a layout', () => {
  it('are asked one at a time; only the newest of those that waited is', async () => {
    const asked: string[] = []
    const answers: ((layout: Layout) => void)[] = []
    const layOut = latestOnly((document: ArchitectureDocument) => {
      asked.push(String(Object.keys(document.records).length))
      return new Promise((resolve) => answers.push(resolve))
    })
    const documents = [newNetworkDocument('a'), residualBlockDocument('b'), newNetworkDocument('c')]
    const results = documents.map((document) => layOut(document))
    await vi.waitFor(() => expect(answers).toHaveLength(1))
    answers[0]!(NO_LAYOUT)
    expect(await results[0]).toBeUndefined()
    expect(await results[1]).toBeUndefined()
    expect(await results[2]).toBe(NO_LAYOUT)
    expect(asked).toHaveLength(1)
  })
})

describe('the Cytoscape adapter', () => {
  let canvas: Canvas | undefined
  afterEach(() => {
    canvas?.destroy()
    canvas = undefined
  })
  function make(): { canvas: Canvas; told: unknown[][]; places: () => ReadonlyMap<string, { x: number; y: number }> } {
    const told: unknown[][] = []
    const tell =
      (name: string) =>
      (...args: unknown[]): void =>
        void told.push([name, ...args])
    const intents: CanvasIntents = {
      select: tell('select'),
      move: tell('move'),
      open: tell('open'),
      quickAdd: tell('add'),
    }
    let places: ReadonlyMap<string, { x: number; y: number }> = new Map()
    canvas = createCanvas({
      container: null,
      intents,
      colours: { line: '#888', faulty: '#f00', accent: '#00f' },
      onPlaces: (next) => (places = next),
      onViewport: () => undefined,
    })
    return { canvas, told, places: () => places }
  }

  it('draws what it is given, follows changes, and tells nothing that the user did not do', async () => {
    const { canvas: view, told, places } = make()
    const document = newNetworkDocument('net')
    view.draw(draw(document), 0)
    expect(places().size).toBe(draw(document).nodes.length)
    view.select(new Set(['stem-1', 'edge-2']))
    view.draw(draw(applyDiff(document, removeNodes(document, ['stem-1']))), 0)
    expect(places().has('stem-1')).toBe(false)
    await Promise.resolve()
    expect(told).toEqual([])
  })

  it('finds the node and the line under a point', () => {
    const { canvas: view, places } = make()
    view.draw(draw(newNetworkDocument('net')), 0)
    const at = places().get('stem-2')!
    expect(view.nodeAt({ x: at.x + 20, y: at.y - 10 })).toBe('stem-2')
    expect(view.nodeAt({ x: at.x + 2000, y: at.y })).toBeUndefined()
  })
})
