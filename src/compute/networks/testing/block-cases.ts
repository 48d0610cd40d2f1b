// Graphs that put every built-in block, at stride 1 and 2 where it has one, into a small network: for tests and bench:kernels.
import { BUILT_IN_BLOCKS, chainableWidth } from '@shared/architecture/blocks'
import { blockExpansion } from '@shared/architecture/block-expansions'
import { completeParameters } from '@shared/architecture/catalogue'
import { INPUT_ID, type LayerGraph, type LayerNode, type ParameterValues } from '@shared/architecture/layer'

export interface BlockCase {
  readonly title: string
  readonly block: string
  readonly graph: LayerGraph
}

/** Odd and even: what pads wrongly on one axis shows. */
const [HEIGHT, WIDTH] = [7, 6]
/** Enough for groups and squeezes to be more than one channel wide. */
const CHANNELS = 16

const node = (id: string, kind: string, parameters: ParameterValues, ...inputs: string[]): LayerNode => ({
  id,
  kind,
  parameters,
  inputs,
})

function caseOf(name: string, given: ParameterValues): BlockCase {
  const block = BUILT_IN_BLOCKS.get(name)!
  const channels = chainableWidth(block, CHANNELS)
  const own = 'width' in block.parameters ? { width: channels, ...given } : given
  const expansion = blockExpansion(block, completeParameters(block, own), [HEIGHT, WIDTH, channels])
  if ('reason' in expansion) throw new Error(`${name}: ${expansion.reason}`)
  const inside = (id: string): string => (id === INPUT_ID ? 'stem' : `block/${id}`)
  return {
    title: `${name} ${JSON.stringify(own)}`,
    block: name,
    graph: {
      input: [HEIGHT, WIDTH, 3],
      nodes: [
        node('stem', 'conv2d', { channels, kernel: [3, 3], bias: true }, INPUT_ID),
        ...expansion.nodes.map((each) => ({ ...each, id: inside(each.id), inputs: each.inputs.map(inside) })),
        node('mean', 'global-average-pool', {}, inside(expansion.output)),
        node('flat', 'flatten', {}, 'mean'),
        node('scores', 'dense', { features: 3 }, 'flat'),
      ],
      output: 'scores',
    },
  }
}

export const BLOCK_CASES: readonly BlockCase[] = [...BUILT_IN_BLOCKS].flatMap(([name, { parameters }]) =>
  'stride' in parameters ? [1, 2].map((stride) => caseOf(name, { stride })) : [caseOf(name, {})],
)
