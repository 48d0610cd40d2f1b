// Makes a run ready from what the engine owns: its data set split, its space with the user's blocks as they were, its strategy,
// a proposer on a compute where the strategy wants one, and the evaluator `training`.
import { createHash } from 'node:crypto'
import { blockFromDocument } from '@shared/architecture/block-from-document'
import type { BlockDefinition, BlockLibrary } from '@shared/architecture/block'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { costOf } from '@shared/architecture/cost'
import { parseDocument } from '@shared/architecture/document'
import { expandDocument } from '@shared/architecture/expand'
import type { LayerGraph } from '@shared/architecture/layer'
import { AppError } from '@shared/errors'
import type { RunDefinition } from '@shared/search/run'
import { createBlockChainSpace, type BlockChainSpace } from '@shared/spaces/block-chain/space'
import { createSingleSpace } from '@shared/spaces/single/space'
import type { Space } from '@shared/spaces/space'
import { refuseCancelled } from '../cancel'
import type { Datasets, ReadyDataset } from '../datasets/datasets'
import { indexBytes, stratifiedSplit } from '../datasets/split'
import { createTrainingEvaluator, trainableNodes, trainingSeed } from '../evaluators/training'
import type { ComputePool } from '../executors/pool'
import type { ThreadsWanted } from '../executors/threads'
import type { TrainingCard } from '../machine/training-meter'
import type { Artefacts } from '../storage/artefacts'
import { addJournal } from '../storage/journal'
import type { Store } from '../storage/store'
import { updateRun, type RunRecord } from '../storage/runs'
import type { NewTrial } from '../storage/trials'
import { strategyByName } from '../strategies/registry'
import type { Proposal } from '../strategies/strategy'
import type { PrepareRun } from './prepared-run'
import { createReconstructor } from './reconstructor'
import { imagesOfRun } from './run-images'

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

/** The built-in blocks and the user's, from their documents. @throws AppError `invalid-architecture` */
export function libraryWith(userBlocks: readonly unknown[]): BlockLibrary {
  const library = new Map<string, BlockDefinition>(BUILT_IN_BLOCKS)
  for (const document of userBlocks) {
    const block = blockFromDocument(parseDocument(document), library)
    library.set(block.name, block)
  }
  return library
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
    const library = libraryWith(run.userBlocks)
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
      describe: (proposal, number) => describeProposal(proposal, number, definition, space, library, ready.fingerprint),
      evaluator: createTrainingEvaluator({
        pool,
        cardOf: options.cardOf,
        // A training of one architecture: nothing else wants the other cores.
        threadsFor: definition.architecture === undefined ? undefined : options.threadsAlone,
        definition,
        library,
        // Never the test split (design: Test data).
        data: ready.files('train'),
        ...indices,
        checkpointsFolder: store.folders.checkpoints,
      }),
    }
  }
}

/**
 * Results on other images cannot be compared, and weights belong to the classes and the normalisation that they were trained with.
 * @throws AppError `conflict` when the data set was replaced since the run began
 */
export function refuseOtherData({ number, dataFingerprint }: RunRecord, { manifest, fingerprint }: ReadyDataset): void {
  if (dataFingerprint === null || dataFingerprint === fingerprint) return
  throw new AppError(
    'conflict',
    `Search ${number} has begun with other images than the data set "${manifest.name}" holds now: it was replaced on ${manifest.createdAt}.`,
    `Import the images of before as "${manifest.name}" again, or start a new search.`,
  )
}

async function journalImages(store: Store, { id }: RunRecord, { manifest }: ReadyDataset, seconds: number) {
  const [height, width] = manifest.shape
  const message = `Made the images of ${height} x ${width} pixels that this search trains on (${seconds.toFixed(0)} s).`
  await store.write((writer) => addJournal(writer, id, 'info', message))
}

async function storeSplit(
  run: RunRecord,
  ready: ReadyDataset,
  artefacts: Artefacts,
  store: Store,
): Promise<{ trainIndices: string; validationIndices: string }> {
  const split = stratifiedSplit(await ready.trainLabels(), ready.manifest.classes.length, run.definition.data)
  const train = await artefacts.put('split-indices', indexBytes(split.train))
  const validation = await artefacts.put('split-indices', indexBytes(split.validation))
  await store.write(async (writer) => {
    await artefacts.refer(writer, train, `run:${run.id}`)
    await artefacts.refer(writer, validation, `run:${run.id}`)
    await updateRun(writer, run.id, { dataFingerprint: ready.fingerprint })
  })
  return { trainIndices: artefacts.path(train.sha256), validationIndices: artefacts.path(validation.sha256) }
}

function describeProposal(
  { genotype, origin }: Proposal,
  number: number,
  definition: RunDefinition,
  space: Space,
  library: BlockLibrary,
  fingerprint: string,
): NewTrial {
  const parsed = space.parse(genotype)
  const document = space.toDocument(parsed, `Trial ${number}`)
  const cost = costOf(expandDocument(document, library).graph)
  const architectureHash = space.canonicalKey(parsed)
  const { data, recipe, seed } = definition
  const evaluation = {
    architectureHash,
    fingerprint,
    // Left out where there is none, so that results of before it was a setting keep their key.
    ...(data.resolution !== null && { resolution: data.resolution }),
    trainImages: data.trainImages,
    validationImages: data.validationImages,
    splitSeed: data.splitSeed,
    recipe,
    seed: trainingSeed(seed, architectureHash),
    trainable: trainableNodes(definition, document, origin, library),
  }
  return {
    genotype,
    document,
    architectureHash,
    evaluationKey: createHash('sha256').update(JSON.stringify(evaluation)).digest('hex'),
    origin,
    parameters: cost.parameters,
    macs: cost.macs,
  }
}
