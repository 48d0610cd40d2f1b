// Makes a run ready from what the engine owns: its data set split, its space with the user's blocks as they were, its strategy,
// a proposer on a compute where the strategy wants one, and the evaluator `training`.
import { storedLibrary } from '@shared/architecture/library'
import type { PreparedArchitecture } from '@shared/architecture/prepared'
import type { RunDefinition } from '@shared/search/run'
import { refuseCancelled } from '@node/cancel'
import type { Datasets } from '../datasets/datasets'
import { createTrainingEvaluator } from '../evaluators/training/training'
import { onUnchangedData } from '../evaluators/unchanged-data'
import type { ComputePool } from '../executors/pool'
import type { ThreadsWanted } from '../executors/threads'
import type { TrainingCard } from '../machine/training-meter'
import type { Artefacts } from '../storage/artefacts'
import type { Store } from '../storage/store'
import { strategyByName } from '@shared/strategies/registry'
import { describeCandidate } from './candidate'
import { imagesOfRun, journalImages, refuseOtherData } from '../evaluators/training/images'
import type { PrepareRun } from './prepared-run'
import { createReconstructor } from './reconstructor'
import { proposableSpace, spaceOfRun } from './space'
import { storeSplit } from '../evaluators/training/split'

export interface PreparationOptions {
  readonly store: Store
  readonly artefacts: Artefacts
  readonly datasets: Datasets
  readonly pool: ComputePool
  /** The card of a slot's compute; null on the processor. */
  readonly cardOf?: (slot: number) => TrainingCard | null
  /** Threads of a training that has the machine to itself; left out, those of its slot. */
  readonly threadsAlone?: (architecture: PreparedArchitecture, batchSize: number) => ThreadsWanted
  /** Folder of the proposer's checkpoint. */
  readonly proposerFolder: string
}

/** Trials that train at once: as many as the run asks for, no more than there are computes. */
export function parallelOf(definition: RunDefinition, pool: ComputePool): number {
  return Math.min(definition.computes ?? pool.size, pool.size)
}

export function createPreparation(options: PreparationOptions): PrepareRun {
  const { store, artefacts, datasets, pool } = options
  return async (run, signal, tell) => {
    const { definition } = run
    const begun = performance.now()
    let isMade = false
    const ready = await imagesOfRun(datasets, definition.data, signal, (step) => {
      isMade = true
      tell(step)
    })
    refuseOtherData(run, ready)
    if (isMade) await journalImages(store, run, ready, (performance.now() - begun) / 1000)
    const library = storedLibrary(run.userBlocks)
    const facts = { shape: ready.manifest.shape, classes: ready.manifest.classes.length }
    const space = spaceOfRun(definition, facts, library)
    const strategy = strategyByName(definition.strategy.name)
    const indices = await storeSplit(run, ready, artefacts, store)
    refuseCancelled(signal)
    return {
      space,
      strategy,
      seeds: run.seeds,
      parallel: parallelOf(definition, pool),
      ...(strategy.usesProposer && {
        reconstructor: createReconstructor({
          pool,
          checkpoint: options.proposerFolder,
          space: proposableSpace(definition),
          facts,
          userBlocks: run.userBlocks,
          signal,
        }),
      }),
      describe: (proposal, number) =>
        describeCandidate(proposal, number, { definition, space, library, fingerprint: ready.fingerprint }),
      evaluator: onUnchangedData(
        ready,
        createTrainingEvaluator({
          pool,
          cardOf: options.cardOf,
          // A training of one architecture: nothing else wants the other cores.
          threadsFor: definition.space.kind === 'single' ? options.threadsAlone : undefined,
          definition,
          library,
          // Never the test split (docs/rules.md#test-data).
          data: ready.files('train'),
          ...indices,
          checkpointsFolder: store.folders.checkpoints,
        }),
      ),
    }
  }
}
