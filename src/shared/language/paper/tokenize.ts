// Preset `paper`: from layers to token ids. Layers in topological order, one token each, connections left out; a structure
// that the vocabulary lacks becomes the nearest one of its kind, a kind that came after it is written as the one it is akin to.
// Lossy by definition.
import type { BlockDefinition } from '../../architecture/block'
import { catalogue, completeParameters, layerDefinition } from '../../architecture/catalogue'
import { requireShapes } from '../../architecture/infer'
import type { LayerDefinition, LayerGraph, LayerNode, ParameterValues, TensorShape } from '../../architecture/layer'
import { required } from '../../required'
import { structureDistance, structureOf, type LayerStructure } from './layer-structure'
import file from './vocabulary-paper-1.json'

/** Paper section IV-C ("input dimension 10, stride 1"): how many layers the model sees before the one it predicts. */
export const WINDOW_LAYERS = 10

export const PAD_TOKEN = 0
export const START_TOKEN = 1
export const END_TOKEN = 2
export const UNKNOWN_TOKEN = 3
/** Id of the first layer token; the special ones come before it. */
export const FIRST_LAYER_TOKEN = file.special.length

/** Name of the stored vocabulary; a checkpoint records it and is refused under another. */
export const VOCABULARY_NAME = `${file.preset}-${file.version}`
/** Special tokens included: ids are 0 to this minus 1. */
export const vocabularySize = file.special.length + file.layers.length

const texts: readonly string[] = [...file.special, ...file.layers.map((layer) => layer.text)]
const structures = file.layers.map(({ structure }): LayerStructure => structure as LayerStructure)

const knownKinds: ReadonlySet<string> = new Set(structures.map(({ kind }) => kind))

/** Kinds that would be `<unk>`: not in the vocabulary, nor akin to one that is. Empty for the catalogue, as a test holds. */
export const kindsWithoutToken = (definitions: Iterable<Pick<LayerDefinition, 'kind' | 'akin'>>): string[] =>
  [...definitions]
    .filter(({ kind, akin = kind }) => !knownKinds.has(kind) && !knownKinds.has(akin))
    .map(({ kind }) => kind)

/** @throws RangeError when there is no such token. */
export function describeToken(id: number): string {
  const text = texts[id]
  if (text === undefined) throw new RangeError(`token ids are 0 to ${vocabularySize - 1}, received ${id}`)
  return text
}

/** Ids by structure, filled as structures are met: a corpus has few different ones and millions of layers. */
const known = new Map<string, number>()

/** The token of a structure: its own, the nearest one of its kind, or `<unk>` for a kind without tokens. */
export function tokenOfStructure(structure: LayerStructure): number {
  const { kind, kernel, stride, dilation, groups, ratio, isBiased } = structure
  const key = `${kind} ${kernel?.join('x')} ${stride} ${dilation} ${groups} ${ratio} ${isBiased}`
  const before = known.get(key)
  if (before !== undefined) return before
  let token = UNKNOWN_TOKEN
  let least = Number.POSITIVE_INFINITY
  structures.forEach((candidate, i) => {
    const distance = structureDistance(structure, candidate)
    if (distance < least) {
      least = distance
      token = FIRST_LAYER_TOKEN + i
    }
  })
  // Bounded: a fuzzed corpus must not grow it for ever. 10,000 is far above the structures of zoo, chains and cells.
  if (known.size < 10_000) known.set(key, token)
  return token
}

/** @param inputs shapes of what the layer reads; @param output its own shape */
function tokenOfLayer(
  node: Pick<LayerNode, 'kind' | 'parameters'>,
  inputs: readonly TensorShape[],
  output: TensorShape,
): number {
  const kind = knownKinds.has(node.kind) ? node.kind : (catalogue.get(node.kind)?.akin ?? node.kind)
  return tokenOfStructure(structureOf({ ...node, kind }, inputs, output))
}

/**
 * One token per layer, in the order of the graph; no special tokens around them.
 * @param shapes as from `requireShapes(graph)`, where the caller has them already
 * @throws AppError `invalid-architecture` where the shapes do not fit
 */
export function tokenizeLayers(
  graph: LayerGraph,
  shapes: ReadonlyMap<string, TensorShape> = requireShapes(graph),
): number[] {
  return graph.nodes.map((node) => {
    const parameters = completeParameters(layerDefinition(node.kind), node.parameters)
    return tokenOfLayer(
      { kind: node.kind, parameters },
      node.inputs.map((id) => required(shapes, id, 'shape')),
      required(shapes, node.id, 'shape'),
    )
  })
}

/** The tokens of one block on an input of that shape. @throws AppError where the block cannot take it. */
export function layerTokensOfBlock(block: BlockDefinition, parameters: ParameterValues, input: TensorShape): number[] {
  return tokenizeLayers(block.expand(parameters, input))
}

/**
 * The `WINDOW_LAYERS` tokens before position `end`, padded with `<start>` on the left: what the model sees.
 * `tokens` holds layers only.
 */
export function windowBefore(tokens: readonly number[], end: number): number[] {
  const seen = tokens.slice(Math.max(0, end - WINDOW_LAYERS), end)
  return [...new Array<number>(WINDOW_LAYERS - seen.length).fill(START_TOKEN), ...seen]
}
