// What networks of a space take to train on this machine: a few of them, small, middle and large, are trained for some steps on the
// run's own images, as many at once as in the run, in a folder of the system's that is removed. Nothing of a workspace is written.
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { prepareArchitecture, type PreparedArchitecture } from '@shared/architecture/prepared'
import { AppError, errorData, type ErrorData } from '@shared/errors'
import { createRandom } from '@shared/random'
import { fidelitySchema } from '@shared/search/fidelity'
import type { RunDefinition } from '@shared/search/run'
import type { Calibration } from '@shared/search/run-forecast'
import { WHOLE } from '@shared/search/trial-fidelity'
import { withTrainedShare, validationImagesOf } from '@shared/search/validation-share'
import type { Genotype } from '@shared/spaces/space'
import { refuseCancelled } from '@node/cancel'
import { writeFileWhole } from '@node/whole-file'
import type { ReadyDataset } from '../../datasets/datasets'
import { indexBytes, stratifiedSplit } from '../../datasets/split'
import type { TrialRecord } from '../../storage/trials'
import type { MeasuredCompute } from '../evaluator'
import type { CalibrationTools, CalibrationWish } from '../kind'
import { imagesOfRun } from './images'
import { checkpointFolder, createTrainingEvaluator } from './training'

/** Steps of each of the two epochs; the first one records the step and warms up, the second is measured. Chosen by us. */
const STEPS = 10
/** Fewer steps of large batches: as many images measure a machine as well, and a processor takes minutes for ten batches of 512. */
const [MOST_IMAGES, LEAST_STEPS] = [2048, 4]
/** Networks drawn, of which as many are taken as are trained, evenly by what they cost. Drawing costs milliseconds. */
const DRAWN = 32
/** Small, middle and large; more only where more train at once. */
const LEAST_NETWORKS = 3

interface Drawn {
  readonly genotype: Genotype
  readonly document: unknown
  readonly architecture: PreparedArchitecture
}

/** @returns one for each network that could be trained; @throws AppError `cancelled`, and the reason where none could */
export async function calibrateTraining(tools: CalibrationTools, wish: CalibrationWish): Promise<Calibration[]> {
  const { definition, parallel, signal, tell } = wish
  const dataset = await imagesOfRun(tools.datasets, definition.data, signal, () => undefined)
  const networks = drawNetworks(wish)
  const folder = await mkdtemp(path.join(tmpdir(), 'gptnas-calibration-'))
  const found: Calibration[] = []
  let failure: ErrorData | null = null
  try {
    const short = await shortTraining(definition, dataset, folder)
    const evaluator = createTrainingEvaluator({
      pool: tools.pool,
      cardOf: tools.cardOf,
      threadsFor: definition.space.kind === 'single' ? tools.threadsAlone : undefined,
      definition: short.definition,
      library: wish.library,
      fingerprint: dataset.fingerprint,
      data: dataset.files('train'),
      trainIndices: short.trainIndices,
      validationIndices: short.validationIndices,
      checkpointsFolder: folder,
    })
    let next = 0
    let done = 0
    const work = async (): Promise<void> => {
      for (let index = next++; index < networks.length; index = next++) {
        const network = networks[index]
        if (network === undefined) return
        try {
          found.push(await calibrated(evaluator, network, index + 1, short, folder, signal))
        } catch (thrown) {
          refuseCancelled(signal)
          failure = errorData(thrown)
        }
        tell(++done, networks.length)
      }
    }
    await Promise.all(Array.from({ length: parallel }, work))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  if (found.length === 0 && failure !== null) {
    const { code, message, fix } = failure as ErrorData
    throw new AppError(code, `No network of the space could be trained for a forecast: ${message}`, fix)
  }
  return found
}

/** Evenly by multiply-accumulates, so that their mean is about that of the space. */
function drawNetworks({ definition, space, library, parallel }: CalibrationWish): Drawn[] {
  const random = createRandom(definition.seed).fork('calibration')
  const isSingle = definition.space.kind === 'single'
  const drawn = Array.from({ length: isSingle ? 1 : DRAWN }, (): Drawn => {
    const genotype = space.random(random)
    const document = space.toDocument(genotype, 'calibration')
    return { genotype, document, architecture: prepareArchitecture(document, library) }
  }).sort((a, b) => a.architecture.cost.macs - b.architecture.cost.macs)
  const count = isSingle ? 1 : Math.min(DRAWN, Math.max(LEAST_NETWORKS, parallel))
  return Array.from({ length: count }, (_, i) => drawn[Math.floor(((i + 0.5) * drawn.length) / count)]).flatMap(
    (network) => network ?? [],
  )
}

interface ShortTraining {
  readonly definition: RunDefinition
  readonly trainIndices: string
  readonly validationIndices: string
  /** How many epochs like its second one a whole training is. */
  readonly epochsOfWhole: number
  /** Images that a whole training holds beyond those of this one, as bytes. */
  readonly furtherImageBytes: number
}

/** Two epochs with the same share of steps and of validation that a whole one has. */
async function shortTraining(definition: RunDefinition, dataset: ReadyDataset, folder: string): Promise<ShortTraining> {
  const { recipe } = definition
  const labels = await dataset.trainLabels()
  const data = withTrainedShare(definition.data, labels.length)
  const validating = validationImagesOf(data, labels.length)
  const training = data.trainImages ?? labels.length - validating
  const batch = Math.min(recipe.batchSize, training)
  const steps = Math.max(1, Math.floor(training / batch))
  const shortSteps = Math.min(Math.max(LEAST_STEPS, Math.min(STEPS, Math.floor(MOST_IMAGES / batch))), steps)
  const validationImages = Math.max(1, Math.round((validating * shortSteps) / steps))
  const trainImages = shortSteps * batch
  const split = stratifiedSplit(labels, dataset.manifest.classes.length, { ...data, trainImages, validationImages })
  const trainIndices = path.join(folder, 'train.indices')
  const validationIndices = path.join(folder, 'validation.indices')
  await writeFileWhole(trainIndices, indexBytes(split.train))
  await writeFileWhole(validationIndices, indexBytes(split.validation))
  const [height, width, channels] = dataset.manifest.shape
  return {
    definition: {
      ...definition,
      data: { ...data, trainImages, validationImages },
      recipe: { ...recipe, epochs: 2, patience: null },
      // What is measured is a whole training; what rungs leave of it is reckoned by who asks.
      fidelity: fidelitySchema.parse({}),
      trialTimeLimit: null,
    },
    trainIndices,
    validationIndices,
    epochsOfWhole: (recipe.epochs * steps) / shortSteps,
    furtherImageBytes: (training + validating - trainImages - validationImages) * height * width * channels,
  }
}

async function calibrated(
  evaluator: ReturnType<typeof createTrainingEvaluator>,
  { genotype, document, architecture }: Drawn,
  number: number,
  short: ShortTraining,
  folder: string,
  signal: AbortSignal,
): Promise<Calibration> {
  const epochs: number[] = []
  let begun = performance.now()
  let compute: MeasuredCompute | undefined
  await mkdir(checkpointFolder(folder, number), { recursive: true })
  const evaluation = await evaluator.evaluate(
    trialOf(genotype, architecture, number),
    document,
    {
      onCompute: (measured) => {
        compute = measured
        begun = performance.now()
      },
      onStarted: () => Promise.resolve(),
      onStep: () => undefined,
      onValidation: () => undefined,
      onNotice: () => Promise.resolve(),
      onEpoch: ({ seconds }) => {
        epochs.push(seconds)
        return Promise.resolve()
      },
      shouldHold: () => false,
    },
    signal,
  )
  const whole = (performance.now() - begun) / 1000
  const [first = 0, second = first] = epochs
  const peak = compute?.usage()?.peakMemoryBytes ?? null
  const weights = evaluation.type === 'finished' ? evaluation.weights : null
  return {
    seconds: short.epochsOfWhole * second + Math.max(0, whole - first - second) + Math.max(0, first - second),
    peakMemoryBytes: peak === null ? null : peak + short.furtherImageBytes,
    weightBytes: weights === null ? 0 : (await stat(weights.file)).size,
    checkpointBytes: await bytesIn(checkpointFolder(folder, number)),
  }
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder)) bytes += (await stat(path.join(folder, name))).size
  return bytes
}

/** As a run would have it, never stored. */
function trialOf(genotype: Genotype, { key, cost }: PreparedArchitecture, number: number): TrialRecord {
  return {
    id: number,
    runId: 'calibration',
    number,
    generation: 0,
    state: 'running',
    attempt: 1,
    genotype: { ...genotype },
    architectureHash: key,
    evaluationKey: key,
    origin: { operator: 'random', parents: [], crossover: false, mutation: false, reconstructed: [] },
    parameters: cost.parameters,
    macs: cost.macs,
    fitness: null,
    bestEpoch: null,
    weightsSha256: null,
    reusedFrom: null,
    isRepeat: false,
    error: null,
    startedAt: null,
    finishedAt: null,
    seconds: null,
    device: null,
    usage: null,
    costs: {},
    reported: null,
    queuePlace: null,
    fidelity: WHOLE,
  }
}
