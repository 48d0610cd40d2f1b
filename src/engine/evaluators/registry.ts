// The engine's evaluators: a line for each kind of src/shared/evaluators/registry.ts. conformance.test.ts runs over them.
import type { EvaluatorKindName } from '@shared/evaluators/registry'
import type { RunDefinition } from '@shared/search/run'
import { commandKind } from './command'
import type { EngineEvaluator } from './kind'
import { proxyKind } from './proxy'
import { tableKind } from './table'
import { trainingKind } from './training'

const ENGINE_EVALUATORS: Readonly<Record<EvaluatorKindName, EngineEvaluator>> = {
  training: trainingKind,
  table: tableKind,
  proxy: proxyKind,
  command: commandKind,
}

export const engineEvaluator = ({ evaluator }: Pick<RunDefinition, 'evaluator'>): EngineEvaluator =>
  ENGINE_EVALUATORS[evaluator.kind]
