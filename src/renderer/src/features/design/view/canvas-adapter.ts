// The one place that talks to Cytoscape: draws a graph it is given, reports what the user did as intents, decides nothing.
// Nodes are hit areas and lines here; their faces are the cards that GraphCanvas.vue lays over it, which follows `onPlaces`.
import cytoscape, { type Core, type ElementDefinition, type EventObject, type NodeSingular } from 'cytoscape'
import type { Position } from '@shared/architecture/document'
import { boundsOf, segmentOf, type DrawnEdge, type DrawnGraph } from '@shared/architecture/picture/graph'
import { canvasStyle, type CanvasColours } from './style'

export interface Viewport {
  readonly pan: Position
  readonly zoom: number
}
export interface CanvasIntents {
  /** What is selected now, nodes and connections, in the order of selecting. */
  select(ids: readonly string[]): void
  /** New places of nodes that were dragged. */
  move(positions: Readonly<Record<string, Position>>): void
  /** Double-click on a node. */
  open(nodeId: string): void
  /** Double-click on nothing; `at` on the canvas, `screen` relative to its element. */
  quickAdd(at: Position, screen: Position): void
}
export interface CanvasOptions {
  /** Null draws nothing but keeps all behaviour: for tests. */
  readonly container: HTMLElement | null
  readonly intents: CanvasIntents
  readonly colours: CanvasColours
  /** Places of nodes whenever they change, once a frame at most while dragging or moving. */
  readonly onPlaces: (places: ReadonlyMap<string, Position>) => void
  readonly onViewport: (viewport: Viewport) => void
}

export interface Canvas {
  /** Takes over a graph; nodes that stay move to their new places, in `duration` ms. */
  draw(graph: DrawnGraph, duration: number): void
  select(ids: ReadonlySet<string>): void
  setReadOnly(isReadOnly: boolean): void
  setColours(colours: CanvasColours): void
  /** Everything in view, at most at natural size. */
  fit(): void
  /** As `fit` where that stays readable, else from the top at a readable size. */
  home(): void
  /** In view without changing the zoom; nothing happens where it is in view already. */
  reveal(nodeId: string): void
  zoomBy(factor: number): void
  panTo(centre: Position): void
  /** Takes over the element's size; what is at the top left stays there. */
  resize(): void
  /** False before its element has a size: nothing can be fitted into it. */
  isSized(): boolean
  /** What is in the middle of the view, of the size last taken over. */
  middle(): Position
  toCanvas(screen: Position): Position
  nodeAt(at: Position): string | undefined
  edgeAt(at: Position): string | undefined
  destroy(): void
}

const MIN_ZOOM = 0.08
const MAX_ZOOM = 2.5
/** Below it the second line of a card is hard to read. */
const READABLE_ZOOM = 0.9
/** Space around what is fitted, in screen pixels. */
const MARGIN = 28
/** A line is met this far beside it, in canvas pixels: half of a finger, as the handles of text selection. */
const EDGE_REACH = 12

export function createCanvas({ container, intents, colours, onPlaces, onViewport }: CanvasOptions): Canvas {
  const cy = cytoscape({
    container: container ?? undefined,
    headless: container === null,
    styleEnabled: true,
    style: canvasStyle(colours),
    minZoom: MIN_ZOOM,
    maxZoom: MAX_ZOOM,
    boxSelectionEnabled: true,
    selectionType: 'single',
  })
  let isDrawing = false
  let frame: number | undefined
  const tellPlaces = (): void => {
    frame = undefined
    onPlaces(new Map(cy.nodes().map((node) => [node.id(), { ...node.position() }])))
  }
  const tellPlacesSoon = (): void => {
    frame ??= requestAnimationFrame(tellPlaces)
  }
  const tellViewport = (): void => onViewport({ pan: { ...cy.pan() }, zoom: cy.zoom() })

  const toCanvas = ({ x, y }: Position): Position => {
    const [pan, zoom] = [cy.pan(), cy.zoom()]
    return { x: (x - pan.x) / zoom, y: (y - pan.y) / zoom }
  }

  cy.on('position', 'node', tellPlacesSoon)
  cy.on('viewport', tellViewport)
  listenForSelection(cy, intents, () => isDrawing)
  listenForDrags(cy, intents)
  listenForDoubleClicks(cy, intents)

  return {
    draw(graph, duration) {
      isDrawing = true
      cy.batch(() => drawInto(cy, graph, duration))
      isDrawing = false
      tellPlaces()
    },
    select(ids) {
      isDrawing = true
      cy.batch(() => {
        cy.elements().forEach((element) => {
          if (element.selected() !== ids.has(element.id())) element[ids.has(element.id()) ? 'select' : 'unselect']()
        })
      })
      isDrawing = false
    },
    setReadOnly: (isReadOnly) => void cy.autoungrabify(isReadOnly),
    setColours: (next) => void cy.style(canvasStyle(next)),
    fit: () => fit(cy, MIN_ZOOM),
    home: () => fit(cy, READABLE_ZOOM),
    reveal: (nodeId) => reveal(cy, nodeId),
    zoomBy(factor) {
      cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } })
    },
    panTo({ x, y }) {
      cy.pan({ x: cy.width() / 2 - x * cy.zoom(), y: cy.height() / 2 - y * cy.zoom() })
    },
    resize: () => void cy.resize(),
    isSized: () => cy.width() > 0 && cy.height() > 0,
    middle: () => toCanvas({ x: cy.width() / 2, y: cy.height() / 2 }),
    toCanvas,
    nodeAt: (at) =>
      cy
        .nodes()
        .filter((node) => covers(node, at))
        .last()
        ?.id(),
    edgeAt: (at) => nearestEdge(cy, at),
    destroy() {
      if (frame !== undefined) cancelAnimationFrame(frame)
      cy.destroy()
    },
  }
}

function drawInto(cy: Core, graph: DrawnGraph, duration: number): void {
  const wanted = new Set([...graph.nodes, ...graph.edges].map(({ id }) => id))
  cy.elements()
    .filter((element) => !wanted.has(element.id()))
    .remove()
  const places = new Map(graph.nodes.map((node) => [node.id, node.position]))
  // Added all at once, as they will look: what is added one by one and then changed is styled again for every change.
  const added: ElementDefinition[] = []
  for (const { id, position, width, height } of graph.nodes) {
    const known = cy.getElementById(id)
    if (known.empty()) added.push({ group: 'nodes', data: { id, width, height }, position: { ...position } })
    else if (!known.grabbed()) moveTo(known, position, duration)
  }
  for (const edge of graph.edges) {
    const data = { id: edge.id, source: edge.from, target: edge.to }
    const bends = bendsOf(edge, places)
    const classes = { bent: edge.bends.length > 0, faulty: edge.isFaulty }
    const element = cy.getElementById(edge.id)
    // Ends of an edge cannot change in place once it is drawn by its bends.
    const isOther = element.nonempty() && (element.data('source') !== edge.from || element.data('target') !== edge.to)
    if (isOther) element.remove()
    if (isOther || element.empty()) {
      const named = Object.entries(classes).flatMap(([name, isOn]) => (isOn ? [name] : []))
      added.push({ group: 'edges', data: { ...data, ...bends }, classes: named })
      continue
    }
    // Only what differs: Cytoscape recomputes a line for every assignment, and most lines stay as they were.
    if (element.data('weights') !== bends.weights || element.data('distances') !== bends.distances) element.data(bends)
    for (const [name, isOn] of Object.entries(classes))
      if (element.hasClass(name) !== isOn) element.toggleClass(name, isOn)
  }
  cy.add(added)
}

function moveTo(node: NodeSingular, to: Position, duration: number): void {
  const { x, y } = node.position()
  if (x === to.x && y === to.y) return
  node.stop()
  if (duration === 0) node.position({ ...to })
  else node.animate({ position: { ...to }, duration, easing: 'ease-out' })
}

/** Corners relative to the line between the centres, which is how Cytoscape keeps them. */
function bendsOf(edge: DrawnEdge, places: ReadonlyMap<string, Position>): { weights: string; distances: string } {
  const [from, to] = [places.get(edge.from), places.get(edge.to)]
  const segments = from && to ? edge.bends.flatMap((bend) => segmentOf(from, to, bend) ?? []) : []
  return {
    weights: segments.map(({ weight }) => weight.toFixed(4)).join(' ') || '0.5',
    distances: segments.map(({ distance }) => distance.toFixed(2)).join(' ') || '0',
  }
}

function listenForSelection(cy: Core, intents: CanvasIntents, isDrawing: () => boolean): void {
  let order: string[] = []
  let isTold = true
  cy.on('select unselect', (event: EventObject) => {
    const id = (event.target as NodeSingular).id()
    order = event.type === 'select' ? [...order.filter((other) => other !== id), id] : order.filter((it) => it !== id)
    if (isDrawing() || !isTold) return
    isTold = false
    // One click unselects one and selects another: told together.
    queueMicrotask(() => {
      isTold = true
      intents.select(order.filter((known) => cy.getElementById(known).selected()))
    })
  })
}

function listenForDrags(cy: Core, intents: CanvasIntents): void {
  const starts = new Map<string, Position>()
  cy.on('grab', 'node', (event: EventObject) => {
    const node = event.target as NodeSingular
    starts.set(node.id(), { ...node.position() })
  })
  cy.on('free', 'node', (event: EventObject) => {
    // All nodes of one drag are let go in one task; the first of them reports for all.
    if (!starts.has((event.target as NodeSingular).id())) return
    const moved: Record<string, Position> = {}
    for (const [id, start] of starts) {
      const { x, y } = cy.getElementById(id).position()
      if (x !== start.x || y !== start.y) moved[id] = { x: Math.round(x), y: Math.round(y) }
    }
    starts.clear()
    if (Object.keys(moved).length > 0) intents.move(moved)
  })
}

function listenForDoubleClicks(cy: Core, intents: CanvasIntents): void {
  cy.on('dbltap', (event: EventObject) => {
    if (event.target === cy) intents.quickAdd({ ...event.position }, { ...event.renderedPosition })
    else if ((event.target as NodeSingular).isNode()) intents.open((event.target as NodeSingular).id())
  })
}

function covers(node: NodeSingular, { x, y }: Position): boolean {
  const at = node.position()
  return Math.abs(x - at.x) <= node.width() / 2 && Math.abs(y - at.y) <= node.height() / 2
}

function nearestEdge(cy: Core, { x, y }: Position): string | undefined {
  let best: string | undefined
  let least = EDGE_REACH
  cy.edges().forEach((edge) => {
    const corners = [edge.sourceEndpoint(), ...(edge.segmentPoints() ?? []), edge.targetEndpoint()]
    for (let i = 1; i < corners.length; i++) {
      const distance = distanceToLine({ x, y }, corners[i - 1]!, corners[i]!)
      if (distance >= least) continue
      least = distance
      best = edge.id()
    }
  })
  return best
}

function distanceToLine(point: Position, from: Position, to: Position): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / length
  const t = Math.min(1, Math.max(0, along))
  return Math.hypot(point.x - from.x - t * dx, point.y - from.y - t * dy)
}

function fit(cy: Core, least: number): void {
  const bounds = boundsOf(
    cy.nodes().map((node) => ({
      id: node.id(),
      position: node.position(),
      width: node.width(),
      height: node.height(),
      isPlaced: false,
    })),
  )
  if (!bounds || cy.width() === 0 || cy.height() === 0) return
  const whole = Math.min(1, (cy.width() - 2 * MARGIN) / bounds.width, (cy.height() - 2 * MARGIN) / bounds.height)
  const level = Math.max(least, whole)
  const isCut = bounds.height * level > cy.height() - 2 * MARGIN
  cy.viewport({
    zoom: level,
    pan: {
      x: cy.width() / 2 - (bounds.x + bounds.width / 2) * level,
      // What does not fit is read from its beginning.
      y: isCut ? MARGIN - bounds.y * level : cy.height() / 2 - (bounds.y + bounds.height / 2) * level,
    },
  })
}

function reveal(cy: Core, nodeId: string): void {
  const node = cy.getElementById(nodeId)
  if (node.empty()) return
  const { x, y } = node.renderedPosition()
  const aside = Math.max(0, MARGIN + (node.width() / 2) * cy.zoom() - x)
  const above = Math.max(0, MARGIN + (node.height() / 2) * cy.zoom() - y)
  const beyond = Math.max(0, x + (node.width() / 2) * cy.zoom() + MARGIN - cy.width())
  const below = Math.max(0, y + (node.height() / 2) * cy.zoom() + MARGIN - cy.height())
  if (aside || above || beyond || below) cy.panBy({ x: aside - beyond, y: above - below })
}
