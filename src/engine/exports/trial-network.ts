// The trained network of a trial, ready to be exported or proven: its weights are what was trained, its images what it was trained on,
// and both stay while they are used, even if their search is removed meanwhile.
import { channelsOf, type LayerGraph } from '@shared/architecture/layer'
import { storedLibrary } from '@shared/architecture/library'
import { prepareStored } from '@shared/architecture/prepared'
import type { SplitFiles } from '@shared/contract/compute'
import type { ExportProgress } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { evaluatorOf } from '@shared/evaluators/registry'
import type { ReadyDataset } from '../datasets/datasets'
import { architectureAt, reducedSideOf } from '../evaluators/training/legs'
import { imagesOfRun, refuseOtherData } from '../evaluators/training/images'
import { drawSplit } from '../evaluators/training/split'
import { readEpochs } from '../storage/epochs'
import { getRun, type RunRecord } from '../storage/runs'
import { getTrial, getTrialDocument, type TrialRecord } from '../storage/trials'
import type { ExportTools } from './tools'

export interface TrialNetwork {
  readonly trial: TrialRecord
  readonly run: RunRecord
  readonly document: unknown
  readonly graph: LayerGraph
  /** Side of the images that it was trained on, where they were reduced: the run's, or that of the rung that its result is of. */
  readonly resolution: number | null
}

/** What a trained format needs besides the architecture. */
export interface Trained {
  readonly weights: string
  /** Of the data set, for whoever reads the export. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly test: SplitFiles
  /** The validation images: what ranges of values are taken of. */
  readonly calibration: { readonly data: SplitFiles; readonly indices: string }
}

/**
 * @param isTrained its values are wanted, too: where they are of a rung of smaller images, the network is for those
 * @throws AppError `not-found`, `invalid-input` for a trial whose space has only words for it
 */
export async function networkOf(store: ExportTools['store'], trialId: number, isTrained = true): Promise<TrialNetwork> {
  const trial = await getTrial(store.db, trialId)
  const run = await getRun(store.db, trial.runId)
  const stored = await getTrialDocument(store.db, trialId)
  if (stored === null)
    throw new AppError(
      'invalid-input',
      `Trial ${trial.number} has no network to export: the choices of its space are mere words.`,
      'Describe what each choice builds under "blocks" of the space file, and search it again (docs/spaces.md).',
    )
  const library = storedLibrary(run.userBlocks)
  const whole = prepareStored(stored, library)
  // A result that was taken over is of the trial that was trained.
  const trained = trial.reusedFrom === null ? trial : await getTrial(store.db, trial.reusedFrom)
  const isOwn = trained.runId === run.id && isTrained
  const side = isOwn ? reducedSideOf(run.definition, trained, whole.graph.input) : undefined
  const { input } = whole.graph
  const network = side === undefined ? whole : architectureAt(whole, [side, side, channelsOf(input)], library)
  return { trial, run, resolution: side ?? run.definition.data.resolution, ...network }
}

/**
 * Checks that the stored weights score as the trial's best epoch did, then does `work` with them.
 * @throws AppError `not-found` for a trial without weights, `conflict` for images of another data set, `storage-failed` for weights
 *   that are not what was trained
 */
export async function* withTrained(
  tools: ExportTools,
  network: TrialNetwork,
  signal: AbortSignal,
  work: (trained: Trained) => AsyncGenerator<ExportProgress>,
): AsyncGenerator<ExportProgress> {
  const { trial, run, resolution } = network
  const { weightsSha256 } = trial
  if (weightsSha256 === null) throw untrained(trial, run)
  const user = `the export of trial ${trial.number} of run ${run.number}`
  const release = tools.datasets.hold(run.definition.data.dataset, user)
  const unpin = tools.artefacts.pin(weightsSha256)
  try {
    if (resolution !== null) {
      const message = `Looking for the images of ${resolution} pixels that trial ${trial.number} was trained on`
      yield { stage: 'writing', message, result: null }
    }
    await refuseDamaged(tools, trial, weightsSha256)
    // The cache may have been cleared since it was trained: its images are made again.
    const { data } = run.definition
    const dataset = await imagesOfRun(tools.datasets, { ...data, resolution }, signal, () => undefined)
    refuseOtherData(
      run,
      resolution === data.resolution ? dataset : await tools.datasets.ready(data.dataset, data.resolution),
    )
    const message = `Comparing the stored weights of trial ${trial.number} with its best epoch on the validation images`
    yield { stage: 'checking', message, result: null }
    await refuseForeign(tools, network, weightsSha256, dataset, signal)
    const { validation } = await drawSplit(run.definition, dataset, tools.artefacts)
    const calibration = { data: dataset.files('train'), indices: tools.artefacts.path(validation.sha256) }
    yield* work({ ...trainedPart(tools, resolution, weightsSha256, dataset), calibration })
  } finally {
    unpin()
    release()
  }
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
  { trial, run, graph }: TrialNetwork,
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
  resolution: number | null,
  weightsSha256: string,
  dataset: ReadyDataset,
): Omit<Trained, 'calibration'> {
  const { manifest } = dataset
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

const untrained = ({ number, state }: TrialRecord, { definition }: RunRecord): AppError =>
  evaluatorOf(definition).isTraining
    ? new AppError('not-found', `Trial ${number} is ${state} and has no trained network.`, 'Choose a finished trial.')
    : new AppError(
        'not-found',
        `Trial ${number} has no trained network: its run takes fitness from the evaluator ${definition.evaluator.kind}.`,
        'Export the architecture alone, or train it first.',
      )
