// One export from the wish to the stored row: what is exported and from what, written by a compute, proven by a fresh process.
import path from 'node:path'
import type { LayerGraph } from '@shared/architecture/layer'
import { storedLibrary } from '@shared/architecture/library'
import { prepareStored } from '@shared/architecture/prepared'
import type { SplitFiles } from '@shared/contract/compute'
import type { ExportProgress, Proof } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { evaluatorOf } from '@shared/evaluators/registry'
import { exportFormatFacts, exportOptions, type ExportFormat, type ExportOptions } from '@shared/exchange/formats'
import { typed } from '@node/command-line'
import type { ReadyDataset } from '../datasets/datasets'
import { imagesOfRun, refuseOtherData } from '../evaluators/training/images'
import { drawSplit } from '../evaluators/training/split'
import { readEpochs } from '../storage/epochs'
import { insertExport } from '../storage/exports'
import { getRun, type RunRecord } from '../storage/runs'
import { getTrial, getTrialDocument, type TrialRecord } from '../storage/trials'
import { exportFolder } from './export-folder'
import { addProof } from './proof-in-metadata'
import { proveExport, type ProvenNetwork } from './prove-export'
import type { ExportTools } from './tools'

export interface ExportWish {
  readonly trialId: number
  readonly format: ExportFormat
  readonly options: Partial<ExportOptions>
  /** Null: below the workspace's exports folder. */
  readonly folder: string | null
  /** Compared with the trained network, where the format holds one. */
  readonly prove: boolean
}

/** What is exported, and where to. */
interface Source {
  readonly trial: TrialRecord
  readonly run: RunRecord
  readonly document: unknown
  readonly graph: LayerGraph
  readonly folder: string
  /** SHA-256 by name of what the workspace knows to have written there before. */
  readonly earlier: Readonly<Record<string, string>>
}

/** What a trained format needs besides the architecture. */
interface Trained {
  readonly weights: string
  /** Of the data set, for whoever reads the export. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly test: SplitFiles
}

/**
 * Tells each stage; the last holds the stored export. The weights stay on the disk while they are exported, even if their search is
 * removed meanwhile; so does its data set.
 * @throws AppError `read-only`, `not-found` for a trial without what the format needs, `conflict` for images of another data set,
 *   `storage-failed` for weights that are not what was trained, those of writing and proving
 */
export async function* createExport(
  tools: ExportTools,
  wish: ExportWish,
  signal: AbortSignal,
): AsyncGenerator<ExportProgress> {
  // An export without its stored proof is worth nothing: said before the work, not after it.
  tools.store.refuseReadOnly()
  const options = exportOptions(wish.format, wish.options)
  const source = await sourceOf(tools, wish)
  const { trial, run } = source
  if (!exportFormatFacts(wish.format).isTrained) {
    yield* write(tools, { ...wish, options }, { ...source, trained: null }, signal)
    return
  }
  const { weightsSha256 } = trial
  if (weightsSha256 === null) throw untrained(trial, run)
  const user = `the export of trial ${trial.number} of run ${run.number}`
  const release = tools.datasets.hold(run.definition.data.dataset, user)
  const unpin = tools.artefacts.pin(weightsSha256)
  try {
    const { resolution } = run.definition.data
    if (resolution !== null) {
      const message = `Looking for the images of ${resolution} pixels that trial ${trial.number} was trained on`
      yield { stage: 'writing', message, result: null }
    }
    await refuseDamaged(tools, trial, weightsSha256)
    // The cache may have been cleared since it was trained: its images are made again.
    const dataset = await imagesOfRun(tools.datasets, run.definition.data, signal, () => undefined)
    refuseOtherData(run, dataset)
    const images = run.definition.data.validationImages
    const message = `Comparing the stored weights of trial ${trial.number} with its best epoch on ${images} validation images`
    yield { stage: 'checking', message, result: null }
    await refuseForeign(tools, source, weightsSha256, dataset, signal)
    const trained = trainedPart(tools, run, weightsSha256, dataset)
    yield* write(tools, { ...wish, options }, { ...source, trained }, signal)
  } finally {
    unpin()
    release()
  }
}

async function sourceOf({ store, cacheFolder }: ExportTools, { trialId, format, folder }: ExportWish): Promise<Source> {
  const trial = await getTrial(store.db, trialId)
  const run = await getRun(store.db, trial.runId)
  const named = folder ?? path.join(store.folders.exports, `run-${run.number}-trial-${trial.number}-${format}`)
  const place = await exportFolder({ store, cacheFolder }, named)
  const library = storedLibrary(run.userBlocks)
  const stored = await getTrialDocument(store.db, trialId)
  if (stored === null)
    throw new AppError(
      'invalid-input',
      `Trial ${trial.number} has no network to export: the choices of its space are mere words.`,
      'Describe what each choice builds under "blocks" of the space file, and search it again (docs/spaces.md).',
    )
  const { document, graph } = prepareStored(stored, library)
  return { trial, run, document, graph, ...place }
}

async function refuseDamaged({ artefacts }: ExportTools, trial: TrialRecord, weightsSha256: string): Promise<void> {
  if (await artefacts.isWhole(weightsSha256)) return
  throw new AppError(
    'storage-failed',
    `The weights of trial ${trial.number} are missing or are not what was trained: ${artefacts.path(weightsSha256)} does not have the content that its name says.`,
    'Restore the artefacts folder from a backup, or train the architecture again.',
  )
}

async function refuseForeign(
  { store, artefacts, weightsCheck }: ExportTools,
  { trial, run, graph }: Source,
  weightsSha256: string,
  dataset: ReadyDataset,
  signal: AbortSignal,
): Promise<void> {
  const epochs = (await readEpochs(store.db, [trial.id])).get(trial.id) ?? []
  const best = epochs.find(({ epoch }) => epoch === trial.bestEpoch)
  if (best === undefined)
    throw new AppError(
      'storage-failed',
      `The best epoch of trial ${trial.number} is not in the database, so nothing says whether its stored weights are what was trained.`,
      'Restore the database from a backup, or train the architecture again.',
    )
  const { validation } = await drawSplit(run.definition, dataset, artefacts)
  const title = `trial ${trial.number} of run ${run.number}`
  const weights = { file: artefacts.path(weightsSha256), sha256: weightsSha256 }
  const indices = { file: artefacts.path(validation.sha256), sha256: validation.sha256 }
  await weightsCheck({ title, graph, weights, data: dataset.files('train'), validation: indices, best }, signal)
}

function trainedPart(
  { artefacts }: ExportTools,
  run: RunRecord,
  weightsSha256: string,
  dataset: ReadyDataset,
): Trained {
  const { manifest } = dataset
  const { resolution } = run.definition.data
  const metadata = {
    classes: manifest.classes,
    inputShape: manifest.shape,
    mean: manifest.mean,
    deviation: manifest.deviation,
    dataset: manifest.name,
    ...(resolution !== null && { resolution }),
  }
  return { weights: artefacts.path(weightsSha256), metadata, test: dataset.files('test') }
}

async function* write(
  { store, pool, startProof, appVersion }: ExportTools,
  { trialId, format, options, prove }: ExportWish & { readonly options: ExportOptions },
  { trial, run, document, graph, folder, earlier, trained }: Source & { readonly trained: Trained | null },
  signal: AbortSignal,
): AsyncGenerator<ExportProgress> {
  const { title } = exportFormatFacts(format)
  yield { stage: 'writing', message: `Writing trial ${trial.number} as ${title}`, result: null }
  const metadata = {
    ...trained?.metadata,
    run: run.number,
    search: run.definition.name,
    trial: trial.number,
    architectureHash: trial.architectureHash,
    validationAccuracy: trial.fitness,
    writtenBy: `GPT-NAS Workbench ${appVersion}`,
    ...(trained !== null && !prove && { proof: null }),
  }
  const weights = trained?.weights ?? null
  const { files } = await pool.run(
    (client) => client.export({ format, options, document, graph, weights, folder, earlier, metadata }, { signal }),
    signal,
  )
  if (trained === null || !prove) {
    const result = await store.write((writer) => insertExport(writer, { trialId, format, folder, files, proof: null }))
    const why =
      trained === null ? 'It holds no trained values to compare.' : 'It is NOT PROVEN, because no proof was asked for.'
    yield { stage: 'done', message: `Wrote ${title}. ${why}`, result }
    return
  }
  const network: ProvenNetwork = { graph, weights: trained.weights, test: trained.test, seed: run.definition.seed }
  yield {
    stage: 'proving',
    message: 'Comparing with the trained network on test images and random inputs in a fresh process',
    result: null,
  }
  const proof = await proveExport({ pool, startProof }, { format, options, folder }, network, signal)
  const proven = await addProof(folder, files, proof)
  const result = await store.write((writer) => insertExport(writer, { trialId, format, folder, files: proven, proof }))
  const difference = Math.max(proof.largestDifference, proof.largestLogitDifference ?? 0).toExponential(2)
  const message = `${verdictText(proof)} Largest difference: ${difference}.`
  yield { stage: 'done', message, result }
}

function verdictText({ verdict, reason }: Proof): string {
  if (verdict === 'cannot-tell') return `Whether the export computes the same CANNOT BE TOLD. ${reason ?? ''}`.trim()
  return verdict === 'equal' ? 'The export computes the same.' : 'The export does NOT compute the same.'
}

const untrained = ({ number, state }: TrialRecord, { definition }: RunRecord): AppError =>
  evaluatorOf(definition).isTraining
    ? new AppError('not-found', `Trial ${number} is ${state} and has no trained network.`, 'Choose a finished trial.')
    : new AppError(
        'not-found',
        `Trial ${number} has no trained network: its run takes fitness from the evaluator ${definition.evaluator.kind}.`,
        `Export the architecture alone, or train it with "${typed('train')}".`,
      )
