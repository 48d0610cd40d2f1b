// One export from the wish to the stored row: what is exported and from what, written by a compute, proven by a fresh process.
import path from 'node:path'
import { storedLibrary } from '@shared/architecture/library'
import { prepareStored } from '@shared/architecture/prepared'
import type { SplitFiles } from '@shared/contract/compute'
import type { ExportProgress } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { exportFormatFacts, type ExportFormat } from '@shared/exchange/formats'
import { imagesOfRun, refuseOtherData } from '../evaluators/training/images'
import { insertExport } from '../storage/exports'
import { getRun, type RunRecord } from '../storage/runs'
import { getTrial, getTrialDocument, type TrialRecord } from '../storage/trials'
import { exportFolder } from './export-folder'
import { proveExport, type ProvenNetwork } from './prove-export'
import type { ExportTools } from './tools'

export interface ExportWish {
  readonly trialId: number
  readonly format: ExportFormat
  /** Null: below the workspace's exports folder. */
  readonly folder: string | null
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
 * @throws AppError `read-only`, `not-found` for a trial without what the format needs, `conflict` for images of another data set, those of writing and proving
 */
export async function* createExport(
  tools: ExportTools,
  wish: ExportWish,
  signal: AbortSignal,
): AsyncGenerator<ExportProgress> {
  // An export without its stored proof is worth nothing: said before the work, not after it.
  tools.store.refuseReadOnly()
  const trial = await getTrial(tools.store.db, wish.trialId)
  const run = await getRun(tools.store.db, trial.runId)
  if (!exportFormatFacts(wish.format).isTrained) {
    yield* write(tools, wish, { trial, run, trained: null }, signal)
    return
  }
  if (trial.weightsSha256 === null) throw untrained(trial)
  const user = `the export of trial ${trial.number} of run ${run.number}`
  const release = tools.datasets.hold(run.definition.data.dataset, user)
  const unpin = tools.artefacts.pin(trial.weightsSha256)
  try {
    const { resolution } = run.definition.data
    if (resolution !== null) {
      const message = `Looking for the images of ${resolution} pixels that trial ${trial.number} was trained on`
      yield { stage: 'writing', message, result: null }
    }
    const trained = await trainedPart(tools, run, trial, trial.weightsSha256, signal)
    yield* write(tools, wish, { trial, run, trained }, signal)
  } finally {
    unpin()
    release()
  }
}

async function trainedPart(
  { artefacts, datasets }: ExportTools,
  run: RunRecord,
  trial: TrialRecord,
  weightsSha256: string,
  signal: AbortSignal,
): Promise<Trained> {
  const weights = artefacts.path(weightsSha256)
  if (!(await artefacts.isWhole(weightsSha256)))
    throw new AppError(
      'storage-failed',
      `The weights of trial ${trial.number} are missing or are not what was trained: ${weights} does not have the content that its name says.`,
      'Restore the artefacts folder from a backup, or train the architecture again.',
    )
  // The cache may have been cleared since it was trained: its images are made again.
  const dataset = await imagesOfRun(datasets, run.definition.data, signal, () => undefined)
  refuseOtherData(run, dataset)
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
  return { weights, metadata, test: dataset.files('test') }
}

async function* write(
  { store, pool, startProof, appVersion, cacheFolder }: ExportTools,
  { trialId, format, folder: wanted }: ExportWish,
  { trial, run, trained }: { readonly trial: TrialRecord; readonly run: RunRecord; readonly trained: Trained | null },
  signal: AbortSignal,
): AsyncGenerator<ExportProgress> {
  const named = wanted ?? path.join(store.folders.exports, `run-${run.number}-trial-${trial.number}-${format}`)
  const { folder, earlier } = await exportFolder({ store, cacheFolder }, named)
  const library = storedLibrary(run.userBlocks)
  const { document, graph } = prepareStored(await getTrialDocument(store.db, trialId), library)
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
  }
  const weights = trained?.weights ?? null
  const { files } = await pool.run(
    (client) => client.export({ format, document, graph, weights, folder, earlier, metadata }, { signal }),
    signal,
  )
  if (trained === null) {
    const result = await store.write((writer) => insertExport(writer, { trialId, format, folder, files, proof: null }))
    yield { stage: 'done', message: `Wrote ${title}. It holds no trained values to compare.`, result }
    return
  }
  const network: ProvenNetwork = { graph, weights: trained.weights, test: trained.test, seed: run.definition.seed }
  yield {
    stage: 'proving',
    message: 'Comparing with the trained network on test images in a fresh process',
    result: null,
  }
  const proof = await proveExport({ pool, startProof }, { format, folder }, network, signal)
  const result = await store.write((writer) => insertExport(writer, { trialId, format, folder, files, proof }))
  const verdict = proof.passed ? 'The export computes the same.' : 'The export does NOT compute the same.'
  yield {
    stage: 'done',
    message: `${verdict} Largest difference of a probability: ${proof.largestDifference.toExponential(2)}.`,
    result,
  }
}

const untrained = ({ number, state }: TrialRecord): AppError =>
  new AppError('not-found', `Trial ${number} is ${state} and has no trained network.`, 'Choose a finished trial.')
