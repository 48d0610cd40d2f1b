// Whether the costs that a definition's objective names will be known of its trials, before anything runs.
import { evaluatorOf } from '@shared/evaluators/registry'
import { isKnownCost, KNOWN_COSTS } from '@shared/objectives/costs'
import { costsOf } from '@shared/objectives/score'
import { quoted } from '@shared/quoted'
import type { RunDefinition } from '@shared/search/run'
import type { Space } from '@shared/spaces/space'
import type { Findings } from '../evaluators/kind'

export function objectiveFindings(
  definition: Pick<RunDefinition, 'objective' | 'evaluator' | 'space' | 'stopBelow'>,
  space: Space,
): Findings {
  const { objective } = definition
  const problems: string[] = []
  const notes: string[] = []
  if (objective.kind === 'weighted' && objective.weights.length !== objective.costs.length)
    problems.push(
      `The objective has ${objective.costs.length} costs and ${objective.weights.length} weights: give one weight for each cost.`,
    )
  if (definition.stopBelow !== null && objective.kind !== 'fitness')
    notes.push('The search will not stop by itself (stopBelow): that looks at the fitness alone.')
  const costs = costsOf(objective)
  if (new Set(costs).size !== costs.length) problems.push('The objective names a cost twice.')
  const { kind } = evaluatorOf(definition)
  const measured = kind === 'table' ? (space.table?.costNames ?? []) : []
  for (const name of costs) {
    if (measured.includes(name)) continue
    if (isKnownCost(name)) {
      if (space.undocumented !== undefined && kind !== 'command')
        problems.push(`The cost ${name} is not known of architectures of space ${space.name}: ${space.undocumented}.`)
    } else if (kind === 'command') {
      notes.push(`A trial whose program does not print the cost ${quoted(name)} counts as failed for the strategy.`)
    } else {
      const there = [...measured, ...(space.undocumented === undefined ? KNOWN_COSTS : [])]
      problems.push(
        `No trial of this search will have a cost ${quoted(name)}. There ${there.length === 0 ? 'is none' : `are ${there.join(', ')}`}.`,
      )
    }
  }
  return { problems, notes }
}
