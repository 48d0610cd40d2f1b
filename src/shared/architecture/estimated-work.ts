// How much there is to spell out in a document, from counts alone and without spelling it out: what has to answer at once looks
// here first. What may be asked for at all is elaboration.ts's.
import type { BlockLibrary } from './block'
import { graphOf, type DocumentGraph } from './document/graph'
import type { ArchitectureDocument } from './document/records'
import { isUserBlock } from './document/user-block'

/** Layers that a block in code makes: most make ten, the largest of them (Inception) some twenty-five. */
const BUILT_IN_LAYERS = 25
/** Parameters given, connections and letters of ids that cost as much as one more layer (measured, decision 121). */
const PARAMETERS_A_LAYER = 20
const EDGES_A_LAYER = 20
const LETTERS_A_LAYER = 1000
/** Nothing grows beyond it: blocks that repeat blocks reach any number. */
const ENOUGH = 1e9

/**
 * Work above which a walk takes a page longer than a tenth of a second on a slow core. The largest network of the zoo
 * (EfficientNet-B7, 1,100 layers) stays below.
 */
export const HEAVY_WORK = 2_000

/** Where block names are looked up before the library, as in elaborate.ts. */
type Definitions = DocumentGraph['definitions']

interface Size {
  readonly layers: number
  /** Of the ids of all layers. */
  readonly letters: number
  readonly rest: number
}

const CIRCLE: Size = { layers: ENOUGH, letters: ENOUGH, rest: 0 }

/** In layers of a usual network; an upper bound, up to a small factor. Blocks that hold each other count as more than enough. */
export function estimatedWork(document: ArchitectureDocument, library: BlockLibrary): number {
  const known = new Map<ArchitectureDocument, Size>()

  function sizeOf(part: ArchitectureDocument, definitions: Definitions): Size {
    const before = known.get(part)
    if (before) return before
    known.set(part, CIRCLE)
    const graph = graphOf(part)
    let [layers, letters, rest] = [0, 0, graph.edges.length / EDGES_A_LAYER]
    for (const node of graph.nodes.values()) {
      if (node.type === 'layer') {
        layers += 1
        letters += node.id.length
        rest += Object.keys(node.parameters).length / PARAMETERS_A_LAYER
      } else if (node.type === 'block') {
        const inner = blockSize(node.block, definitions)
        layers += inner.layers
        letters += inner.letters + inner.layers * (node.id.length + 1)
        rest += 1 + inner.rest + Object.keys(node.parameters).length / PARAMETERS_A_LAYER
      }
    }
    const size = {
      layers: Math.min(ENOUGH, layers),
      letters: Math.min(ENOUGH, letters),
      rest: Math.min(ENOUGH, rest),
    }
    known.set(part, size)
    return size
  }

  function blockSize(name: string, definitions: Definitions): Size {
    const embedded = definitions.get(name)
    if (embedded) return sizeOf(embedded.document, definitions)
    const block = library.get(name)
    if (block === undefined) return { layers: 0, letters: 0, rest: 0 }
    if (isUserBlock(block)) return sizeOf(block.document, graphOf(block.document).definitions)
    return { layers: BUILT_IN_LAYERS, letters: BUILT_IN_LAYERS * 10, rest: 0 }
  }

  const { definitions } = graphOf(document)
  const { layers, letters, rest } = sizeOf(document, definitions)
  return layers + letters / LETTERS_A_LAYER + rest + definitions.size / EDGES_A_LAYER
}

/** True where inspecting the document belongs off the thread that answers clicks. */
export const isHeavy = (document: ArchitectureDocument, library: BlockLibrary): boolean =>
  estimatedWork(document, library) > HEAVY_WORK
