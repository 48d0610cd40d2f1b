// Random graphs of operations: what is possible, beside what people measured or built. Capacity and depth are learned from them.
import { INPUT, prune, type OperationGraph, type OperationNode } from '../../language/graphs/operation-graph'
import { operation } from '../../language/graphs/operation'
import type { Random } from '../../random'
import { OPERATIONS } from '../operation-tokens'

/** Figures of the prototype: graphs like the cells of the usual benchmarks, from nearly empty to nearly full. */
const MOST_NODES = 8
const CHAINS = 0.2
const CELL_WORDS = 0.3
const LEAST_DENSITY = 0.2
const MOST_DENSITY = 0.8

const CELL_OPERATIONS = [operation('convolution', 3), operation('convolution', 1), operation('pool', 3)]

export function randomGraph(random: Random): OperationGraph {
  const count = random.integer(MOST_NODES + 1)
  const vocabulary = random.chance(CELL_WORDS)
    ? CELL_OPERATIONS
    : random.shuffle(OPERATIONS).slice(0, 2 + random.integer(4))
  const density = LEAST_DENSITY + (MOST_DENSITY - LEAST_DENSITY) * random.next()
  const isChain = random.chance(CHAINS)
  const sources = (end: number): number[] => {
    if (isChain) return [end - 1]
    const drawn = Array.from({ length: end + 1 }, (_, i) => i + INPUT).filter(() => random.chance(density))
    return drawn.length > 0 ? drawn : [random.integer(end + 1) + INPUT]
  }
  const nodes = Array.from({ length: count }, (_, i): OperationNode => ({
    operation: random.choice(vocabulary),
    from: sources(i),
  }))
  return prune({ nodes, output: sources(count) })
}
