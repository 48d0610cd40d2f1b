// Makes a run ready from what the engine owns: its evaluator, its space with the user's blocks as they were, its strategy, and
// a proposer on a compute where the strategy wants one.
import type { ImageFacts } from '@shared/spaces/published-images'
import { storedLibrary } from '@shared/architecture/library'
import type { PaperProposer } from '@shared/strategies/paper-proposers'
import { strategyByName } from '@shared/strategies/registry'
import { refuseCancelled } from '@node/cancel'
import { nextTurn } from '@node/waiting'
import { chainsIn, judgeIn, learnerIn } from '@node/small-checkpoints'
import type { EvaluatorTools } from '../evaluators/kind'
import { engineEvaluator } from '../evaluators/registry'
import { describeCandidate } from './candidate'
import type { RunRecord } from '../storage/runs'
import type { PrepareRun } from './prepared-run'
import type { Proposing } from './proposals'
import { judgeFolder, type OwnCheckpoints } from '../proposers/own-checkpoints'
import { createReconstructor } from './reconstructor'
import { proposableSpace, spaceOfRun } from './space'

export interface PreparationOptions extends EvaluatorTools {
  /** Folder of a checkpoint of preset `paper`. */
  readonly proposerFolder: (name?: PaperProposer) => string
  /** Checkpoints of preset `workbench` by name. */
  readonly proposers: Pick<OwnCheckpoints, 'folderOf'>
  /** Folder of the checkpoint of preset `in-context`. */
  readonly learnerFolder: string
  /** Folder of the checkpoint of preset `chains`. */
  readonly chainsFolder: string
}

export function createPreparation({
  proposerFolder,
  proposers,
  learnerFolder,
  chainsFolder,
  ...tools
}: PreparationOptions): PrepareRun {
  const { pool } = tools
  return async (run, signal, tell) => {
    const { definition } = run
    const kind = engineEvaluator(definition)
    const { facts, on } = await kind.prepare(tools, { run, signal, tell })
    const library = storedLibrary(run.userBlocks)
    const proposing = proposingOf({ pool, proposerFolder, proposers, learnerFolder, chainsFolder }, run, facts, signal)
    const { space } = proposing
    const evaluator = on(space, library)
    return {
      ...proposing,
      facts,
      parallel: kind.parallel(definition, pool),
      describe: (proposal, number) => describeCandidate(proposal, number, { space, library, evaluator, definition }),
      evaluator,
    }
  }
}

/**
 * What proposes in a run, whose data need not be there.
 * @param facts of the images that its architectures are for
 * @throws AppError as `spaceOfRun`; `invalid-input` for a space that the strategy's proposer cannot write
 */
export function proposingOf(
  {
    pool,
    proposerFolder,
    proposers,
    learnerFolder,
    chainsFolder,
  }: Pick<PreparationOptions, 'pool' | 'proposerFolder' | 'proposers' | 'learnerFolder' | 'chainsFolder'>,
  run: RunRecord,
  facts: ImageFacts,
  signal: AbortSignal,
): Proposing {
  const { definition, userBlocks } = run
  const strategy = strategyByName(definition.strategy.name)
  return {
    space: spaceOfRun(definition, facts, storedLibrary(userBlocks)),
    strategy,
    seeds: run.seeds,
    ...(strategy.usesFormer === true && run.former.length > 0 && { former: run.former }),
    breathe: async () => {
      await nextTurn()
      refuseCancelled(signal)
    },
    ...(strategy.usesJudge === true && {
      judge: judgeIn(judgeFolder(proposers, definition)),
      learner: learnerIn(learnerFolder),
      chains: chainsIn(chainsFolder),
    }),
    ...(strategy.usesProposer && {
      reconstructor: createReconstructor({
        pool,
        checkpoint: proposerFolder,
        space: proposableSpace(definition),
        facts,
        userBlocks,
        signal,
      }),
    }),
  }
}
