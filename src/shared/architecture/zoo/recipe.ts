// What a zoo network is written down as: a list of blocks and a dropout before the classifier, and the graph made of it.
import { buildGraph } from '../blocks/graph-builder'
import { BUILT_IN_BLOCKS, blockDefinition } from '../blocks'
import type { LayerKind } from '../catalogue'
import { outputShape } from '../infer'
import { INPUT_ID, type LayerGraph, type LayerNode, type ParameterValues, type TensorShape } from '../layer'

export interface ZooStage {
  /** A name of `BUILT_IN_BLOCKS`. */
  readonly block: string
  readonly parameters: ParameterValues
}

export interface ZooLayer {
  readonly kind: LayerKind
  readonly parameters: ParameterValues
}

export const ZOO_FAMILIES = [
  'EfficientNet',
  'GoogLeNet',
  'RegNet',
  'ResNet',
  'ResNeXt',
  'ShuffleNet',
  'Wide-ResNet',
] as const
export type ZooFamily = (typeof ZOO_FAMILIES)[number]

export interface ZooRecipe {
  /** As in torchvision. */
  readonly name: string
  readonly family: ZooFamily
  /** Stem and blocks, independent of input size and classes. */
  readonly stages: readonly ZooStage[]
  /** Share of the features dropped before the classifier; 0 for none. */
  readonly dropout: number
}

export const stage = (block: string, parameters: ParameterValues = {}): ZooStage => ({ block, parameters })

/** `count` values `make(index)`. */
export const repeated = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/**
 * Rounds to a multiple of `divisor`, at most a tenth down (torchvision's `_make_divisible`).
 * @returns at least `divisor`.
 */
export function roundedTo(divisor: number, value: number): number {
  const rounded = Math.max(divisor, Math.floor((value + divisor / 2) / divisor) * divisor)
  return rounded < 0.9 * value ? rounded + divisor : rounded
}

/** Mean over the map, flatten, dropout, dense: the layers every network here ends with. */
export function classifierLayers(classes: number, dropout: number): ZooLayer[] {
  return [
    { kind: 'global-average-pool', parameters: {} },
    { kind: 'flatten', parameters: {} },
    ...(dropout > 0 ? [{ kind: 'dropout', parameters: { rate: dropout } } as const] : []),
    { kind: 'dense', parameters: { features: classes } },
  ]
}

/**
 * Blocks one after the other, then the head. Ids are `block-1/<inner id>`.., `head-1`.., as in the expanded document.
 * @throws AppError `invalid-architecture` where the input is too small for a block.
 */
export function chainGraph(input: TensorShape, stages: readonly ZooStage[], head: readonly ZooLayer[]): LayerGraph {
  const nodes: LayerNode[] = []
  let last = INPUT_ID
  let shape = input
  const append = (graph: LayerGraph, rename: (id: string) => string): void => {
    const outer = (id: string): string => (id === INPUT_ID ? last : rename(id))
    for (const node of graph.nodes) nodes.push({ ...node, id: rename(node.id), inputs: node.inputs.map(outer) })
    shape = outputShape(graph)
    last = outer(graph.output)
  }
  stages.forEach(({ block, parameters }, index) => {
    const graph = blockDefinition(BUILT_IN_BLOCKS, block).expand(parameters, shape)
    append(graph, (id) => `block-${index + 1}/${id}`)
  })
  head.forEach(({ kind, parameters }, index) => {
    const id = `head-${index + 1}`
    append(
      buildGraph(`Head layer ${kind}`, shape, (graph) => graph.layer(id, kind, parameters)),
      (inner) => inner,
    )
  })
  return { input, nodes, output: last }
}
