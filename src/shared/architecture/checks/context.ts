// What every rule reads: the document, its adjacency, its meaning, and what the layers come to. Computed once per check.
import type { BlockLibrary } from '../block'
import type { CostMemory, NetworkCost } from '../cost'
import { costOf } from '../cost'
import type { DocumentGraph } from '../document/graph'
import { graphOf } from '../document/graph'
import type { ArchitectureDocument } from '../document/records'
import type { Elaboration } from '../elaboration'
import { elaborate } from '../elaborate'
import { INPUT_ID, type LayerNode } from '../layer'
import type { Problem } from './problem'

export interface CheckContext {
  readonly document: ArchitectureDocument
  readonly library: BlockLibrary
  readonly graph: DocumentGraph
  readonly elaboration: Elaboration
  /** Of the layers that could be spelled out: the whole architecture only when the elaboration has an output. */
  readonly cost: NetworkCost
  readonly layers: ReadonlyMap<string, LayerNode>
  /** Layers that read a layer (or `INPUT_ID`). */
  consumers(layerId: string): readonly LayerNode[]
}

export type Rule = (context: CheckContext) => readonly Problem[]

const NONE: readonly LayerNode[] = []
/** Documents are checked on every keystroke; the walk gives the same layers again wherever nothing changed. */
const costs: CostMemory = new WeakMap()

export function createContext(document: ArchitectureDocument, library: BlockLibrary): CheckContext {
  const elaboration = elaborate(document, library, { withDeadParts: true })
  const { input, layers: nodes, output, shapes } = elaboration
  const consumers = new Map<string, LayerNode[]>()
  const layers = new Map<string, LayerNode>()
  for (const node of nodes) {
    layers.set(node.id, node)
    for (const id of node.inputs) {
      const list = consumers.get(id)
      if (list) list.push(node)
      else consumers.set(id, [node])
    }
  }
  return {
    document,
    library,
    graph: graphOf(document),
    elaboration,
    cost: costOf({ input, nodes, output: output ?? nodes.at(-1)?.id ?? INPUT_ID }, shapes, costs),
    layers,
    consumers: (id) => consumers.get(id) ?? NONE,
  }
}

/** `[8, 8, 64]` as `8x8x64`. */
export function shapeText(shape: readonly number[]): string {
  return shape.join('x')
}

/** What the user calls a node: its label, else its id. */
export function nodeName({ graph }: CheckContext, id: string): string {
  return graph.nodes.get(id)?.label ?? id
}
