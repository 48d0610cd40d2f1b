// Makes a run ready from what the engine owns: its data set split, its space with the user's blocks as they were, its strategy,
// a proposer on a compute where the strategy wants one, and the evaluator `training`.
import type { BlockLibrary } from '@shared/architecture/block'
import { parseDocument } from '@shared/architecture/document'
import type { LayerGraph } from '@shared/architecture/layer'
import { storedLibrary } from '@shared/architecture/library'
import type { RunDefinition } from '@shared/search/run'
import { createBlockChainSpace, type BlockChainSpace } from '@shared/spaces/block-chain/space'
import { createSingleSpace } from '@shared/spaces/single/space'
import type { Space } from '@shared/spaces/space'
import { refuseCancelled } from '@node/cancel'
import type { Datasets } from '../datasets/datasets'
import { createTrainingEvaluator } from '../evaluators/training'
import type { ComputePool } from '../executors/pool'
import type { ThreadsWanted } from '../executors/threads'
import type { TrainingCard } from '../machine/training-meter'
import type { Artefacts } from '../storage/artefacts'
import type { Store } from '../storage/store'
import { strategyByName } from '@shared/strategies/registry'
import { describeCandidate } from './candidate'
import { imagesOfRun, journalImages, refuseOtherData } from './images'
import type { PrepareRun } from './prepared-run'
import { createReconstructor } from './reconstructor'
import { storeSplit } from './split'

export interface PreparationOptions {
  readonly store: Store
  readonly artefacts: Artefacts
  readonly datasets: Datasets
  readonly pool: ComputePool
  /** The card of a slot's compute; null on the processor. */
  readonly cardOf?: (slot: number) => TrainingCard | null
  /** Threads of a training that has the machine to itself; left out, those of its slot. */
  readonly threadsAlone?: (graph: LayerGraph, batchSize: number) => ThreadsWanted
  /** Folder of the proposer's checkpoint. */
  readonly proposerFolder: string
}

/** @throws AppError when the definition leaves no architecture. */
export function spaceOf(
  definition: RunDefinition,
  data: { readonly shape: readonly number[]; readonly classes: number },
  library: BlockLibrary,
): BlockChainSpace {
  return createBlockChainSpace({
    definition: definition.space,
    inputShape: data.shape,
    classes: data.classes,
    library,
  })
}

/**
 * What the run visits: its block chains, or the one architecture it was given.
 * @throws AppError as `spaceOf`; `invalid-architecture` when that one does not fit the data
 */
export function visitedSpace(
  definition: RunDefinition,
  data: { readonly shape: readonly number[]; readonly classes: number },
  library: BlockLibrary,
): Space {
  const { architecture } = definition
  // Strategies see any genotype; each space parses its own.
  if (architecture === undefined) return spaceOf(definition, data, library) as unknown as Space
  const document = parseDocument(architecture)
  return createSingleSpace({ document, library, inputShape: data.shape, classes: data.classes })
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
    const { manifest } = ready
    const space = visitedSpace(definition, { shape: manifest.shape, classes: manifest.classes.length }, library)
    const strategy = strategyByName(definition.strategy)
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
          definition,
          inputShape: manifest.shape,
          classes: manifest.classes.length,
          userBlocks: run.userBlocks,
          signal,
        }),
      }),
      describe: (proposal, number) =>
        describeCandidate(proposal, number, { definition, space, library, fingerprint: ready.fingerprint }),
      evaluator: createTrainingEvaluator({
        pool,
        cardOf: options.cardOf,
        // A training of one architecture: nothing else wants the other cores.
        threadsFor: definition.architecture === undefined ? undefined : options.threadsAlone,
        definition,
        library,
        // Never the test split (docs/rules.md#test-data).
        data: ready.files('train'),
        ...indices,
        checkpointsFolder: store.folders.checkpoints,
      }),
    }
  }
}
