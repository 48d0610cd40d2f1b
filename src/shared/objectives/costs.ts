// What an architecture costs: figures that follow from its network alone, known before anything is trained, and those that an
// evaluator measured, by the names it gave them.
import type { NetworkCost } from '../architecture/cost'

/** Costs that are known of a network before it is trained, in the order in which forms offer them. */
export const KNOWN_COSTS = ['parameters', 'macs', 'weightsBytes', 'trainingBytes'] as const
export type KnownCost = (typeof KNOWN_COSTS)[number]

export const isKnownCost = (name: string): name is KnownCost => (KNOWN_COSTS as readonly string[]).includes(name)

/** Copies of every weight that a training holds: the weight, its gradient, and the momentum of SGD. */
const COPIES = 3

/**
 * `weightsBytes` is the size of the weights in a file, as float32; `trainingBytes` what a training step holds: the outputs of every
 * layer for a batch, and the weights with gradient and momentum. What TensorFlow takes beyond that is not in it.
 */
export function knownCost(name: KnownCost, cost: NetworkCost, batchSize: number): number {
  if (name === 'trainingBytes') return batchSize * cost.activations.trainingBytes + COPIES * cost.weightsBytes
  return cost[name]
}

/** The part of a trial that its costs are read off. */
export interface Costed {
  readonly parameters: number | null
  readonly macs: number | null
  /** By name, what was measured or worked out. */
  readonly costs: Readonly<Record<string, number>>
}

/** Undefined where it is not known. */
export function costNamed({ parameters, macs, costs }: Costed, name: string): number | undefined {
  // A table's own column of that name is what its user means.
  if (Object.hasOwn(costs, name)) return costs[name]
  if (name === 'parameters') return parameters ?? undefined
  return name === 'macs' ? (macs ?? undefined) : undefined
}
