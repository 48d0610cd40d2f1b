// The evaluators a run may name: a line each. Form, command line and documentation follow from it; what finds the fitness is
// the line of the same kind in src/engine/evaluators/registry.ts.
import { z } from 'zod'
import type { SpaceDefinition } from '../spaces/schema'
import { commandEvaluator } from './command'
import type { EvaluatorKind, FitnessReading } from './evaluator'
import { proxyEvaluator } from './proxy'
import { tableEvaluator } from './table'
import { trainingEvaluator } from './training'

const REGISTRY = [trainingEvaluator, tableEvaluator, proxyEvaluator, commandEvaluator] as const

export const EVALUATORS: readonly EvaluatorKind[] = REGISTRY

const [first, ...others] = REGISTRY
/** An evaluator by its kind, with its own settings. */
export const evaluatorSchema = z.discriminatedUnion('kind', [first.schema, ...others.map(({ schema }) => schema)], {
  error: ({ code }) =>
    code === 'invalid_union' ? `expected one of ${EVALUATORS.map(({ kind }) => kind).join(', ')}` : undefined,
})
export type EvaluatorDefinition = z.infer<typeof evaluatorSchema>
export type EvaluatorKindName = EvaluatorDefinition['kind']

interface Definition {
  readonly space: SpaceDefinition
  readonly evaluator: EvaluatorDefinition
  readonly final?: object | null
}

/** What is known of a definition's evaluator. */
export function evaluatorOf({ evaluator }: Pick<Definition, 'evaluator'>): EvaluatorKind {
  const found = EVALUATORS.find(({ kind }) => kind === evaluator.kind)
  // The schema lets nothing else in.
  if (found === undefined) throw new Error(`there is no evaluator "${evaluator.kind}"`)
  return found
}

/** How the fitness of a run's trials is called and reads. */
export const fitnessReading = (definition: Definition): FitnessReading => evaluatorOf(definition).reading(definition)
