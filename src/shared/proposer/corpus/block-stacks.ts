// Blocks of published networks as graphs of operations, as deep as they stand behind one another there: 1 to 3 in a row. What each
// block consists of is in architecture/blocks; here it is told in the words of a graph, without norms, activations and gates.
import { ZOO_NAMES, zooNetwork } from '../../architecture/zoo'
import { operation, type Operation } from '../../language/graphs/operation'
import { INPUT, type OperationGraph, type OperationNode } from '../../language/graphs/operation-graph'
import type { Random } from '../../random'

const conv = (kernel: number): Operation => operation('convolution', kernel)
const depthwise = (kernel: number, expansion: number): Operation => operation('depthwise', kernel, expansion)
const pool = operation('pool', 3)

/** Branches side by side, each operations in a row; an empty one passes the input on. All are joined at the end. */
type Branches = readonly (readonly Operation[])[]

/** A grouped convolution between two pointwise ones is a depthwise one with nothing expanded: few weights between channels. */
const GROUPED_BOTTLENECK: Branches = [[conv(1), depthwise(3, 1), conv(1)], []]

const BRANCHES: Readonly<Record<string, Branches>> = {
  'resnet-basic': [[conv(3), conv(3)], []],
  'resnet-bottleneck': [[conv(1), conv(3), conv(1)], []],
  'wide-resnet-bottleneck': [[conv(1), conv(3), conv(1)], []],
  'resnext-bottleneck': GROUPED_BOTTLENECK,
  'regnet-res-bottleneck': GROUPED_BOTTLENECK,
  'shufflenet-inverted-residual': [[depthwise(3, 1)], []],
  'googlenet-inception': [[conv(1)], [conv(1), conv(3)], [conv(1), conv(3)], [pool, conv(1)]],
  'common-conv': [[conv(3)]],
  'common-max-pool': [[pool]],
  'googlenet-average-pool': [[pool]],
}

/** MBConv by its own parameters: EfficientNets have kernels of 3 and 5, and expansions of 1, 4 and 6. */
function branchesOf(block: string, parameters: Readonly<Record<string, unknown>>): Branches | undefined {
  if (block === 'efficientnet-mbconv') {
    const kernel = Number(parameters['kernel'] ?? 3)
    const expansion = Number(parameters['expansion'] ?? 6)
    return [[depthwise(kernel, expansion)], []]
  }
  return BRANCHES[block]
}

/** Blocks one behind the other. */
export function stackGraph(blocks: readonly Branches[]): OperationGraph {
  const nodes: OperationNode[] = []
  let from: readonly number[] = [INPUT]
  for (const branches of blocks) {
    const ends = new Set<number>()
    for (const branch of branches) {
      let source = from
      for (const each of branch) source = [nodes.push({ operation: each, from: source }) - 1]
      for (const end of source) ends.add(end)
    }
    from = [...ends].sort((a, b) => a - b)
  }
  return { nodes, output: from }
}

const LONGEST_STACK = 3

/** Draws stacks as often as networks have them; a network counts once however deep it is. */
export function blockStacks(): (random: Random) => OperationGraph {
  const networks = ZOO_NAMES.flatMap((name) => {
    const blocks = zooNetwork(name).stages.flatMap(({ block, parameters }) => {
      const branches = branchesOf(block, parameters)
      return branches === undefined ? [] : [branches]
    })
    return blocks.length === 0 ? [] : [blocks]
  })
  return (random) => {
    const blocks = random.choice(networks)
    const first = random.integer(blocks.length)
    return stackGraph(blocks.slice(first, first + 1 + random.integer(LONGEST_STACK)))
  }
}
