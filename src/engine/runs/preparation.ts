// Makes a run ready from what the engine owns: its evaluator, its space with the user's blocks as they were, its strategy, and
// a proposer on a compute where the strategy wants one.
import { storedLibrary } from '@shared/architecture/library'
import { strategyByName } from '@shared/strategies/registry'
import type { EvaluatorTools } from '../evaluators/kind'
import { engineEvaluator } from '../evaluators/registry'
import { describeCandidate } from './candidate'
import type { PrepareRun } from './prepared-run'
import { createReconstructor } from './reconstructor'
import { proposableSpace, spaceOfRun } from './space'

export interface PreparationOptions extends EvaluatorTools {
  /** Folder of the proposer's checkpoint. */
  readonly proposerFolder: string
}

export function createPreparation({ proposerFolder, ...tools }: PreparationOptions): PrepareRun {
  const { pool } = tools
  return async (run, signal, tell) => {
    const { definition } = run
    const kind = engineEvaluator(definition)
    const { facts, on } = await kind.prepare(tools, { run, signal, tell })
    const library = storedLibrary(run.userBlocks)
    const space = spaceOfRun(definition, facts, library)
    const evaluator = on(space, library)
    const strategy = strategyByName(definition.strategy.name)
    return {
      space,
      strategy,
      seeds: run.seeds,
      parallel: kind.parallel(definition, pool),
      ...(strategy.usesProposer && {
        reconstructor: createReconstructor({
          pool,
          checkpoint: proposerFolder,
          space: proposableSpace(definition),
          facts,
          userBlocks: run.userBlocks,
          signal,
        }),
      }),
      describe: (proposal, number) => describeCandidate(proposal, number, { space, library, evaluator }),
      evaluator,
    }
  }
}
