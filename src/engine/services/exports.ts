// Implements the export service: written by a compute, proven by plain tfjs in a fresh process, stored with its proof.
import path from 'node:path'
import { access } from 'node:fs/promises'
import { implement } from '@orpc/server'
import { parseDocument } from '@shared/architecture/document'
import { expandDocument } from '@shared/architecture/expand'
import { storedLibrary } from '@shared/architecture/library'
import type { TrainJob } from '@shared/contract/compute'
import { exportsContract, type ExportProgress, type Proof } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { comparePredictions } from '@shared/exchange/compare-predictions'
import { createRandom } from '@shared/random'
import { imagesOfRun, refuseOtherData } from '../runs/images'
import { insertExport, listExports } from '../storage/exports'
import { makeNamedFolder } from '@node/folders'
import { getRun } from '../storage/runs'
import { getTrial, getTrialDocument } from '../storage/trials'
import type { Services } from './services'
import { until } from './streams'

/** Images of the test split an export is proven on (issue "first light"). */
const PROOF_IMAGES = 100

/** The weights stay on the disk while they are exported, even if their search is removed meanwhile; so does its data set. */
async function* createExport(
  services: Services,
  trialId: number,
  wantedFolder: string | null,
  signal: AbortSignal,
): AsyncGenerator<ExportProgress> {
  // An export without its stored proof is worth nothing: said before the work, not after it.
  services.store.refuseReadOnly()
  const { weightsSha256, number, runId } = await getTrial(services.store.db, trialId)
  const run = await getRun(services.store.db, runId)
  const release = services.datasets.hold(
    run.definition.data.dataset,
    `the export of trial ${number} of run ${run.number}`,
  )
  const unpin = weightsSha256 === null ? () => undefined : services.artefacts.pin(weightsSha256)
  try {
    yield* writeAndProve(services, trialId, wantedFolder, signal)
  } finally {
    unpin()
    release()
  }
}

async function* writeAndProve(
  services: Services,
  trialId: number,
  wantedFolder: string | null,
  signal: AbortSignal,
): AsyncGenerator<ExportProgress> {
  const { store, artefacts, datasets, pool, startProof, appVersion } = services
  const trial = await getTrial(store.db, trialId)
  const run = await getRun(store.db, trial.runId)
  if (trial.weightsSha256 === null) {
    throw new AppError(
      'not-found',
      `Trial ${trial.number} is ${trial.state} and has no trained network.`,
      'Choose a finished trial.',
    )
  }
  const weights = artefacts.path(trial.weightsSha256)
  await access(weights).catch((cause: unknown) => {
    throw new AppError(
      'storage-failed',
      `The weights of trial ${trial.number} are missing: ${weights}.`,
      'Restore the artefacts folder from a backup.',
      { cause },
    )
  })
  const folder = path.resolve(
    wantedFolder ?? path.join(store.folders.exports, `run-${run.number}-trial-${trial.number}-tfjs`),
  )
  const library = storedLibrary(run.userBlocks)
  const graph = expandDocument(parseDocument(await getTrialDocument(store.db, trialId)), library)
    .graph as unknown as TrainJob['graph']
  const { resolution } = run.definition.data
  if (resolution !== null) {
    const message = `Looking for the images of ${resolution} pixels that trial ${trial.number} was trained on`
    yield { stage: 'writing', message, result: null }
  }
  // The cache may have been cleared since it was trained: its images are made again.
  const dataset = await imagesOfRun(datasets, run.definition.data, signal, () => undefined)
  refuseOtherData(run, dataset)
  const { manifest } = dataset

  makeNamedFolder(path.dirname(folder))
  yield { stage: 'writing', message: `Writing trial ${trial.number} as a tfjs layers model`, result: null }
  const metadata = {
    classes: manifest.classes,
    inputShape: manifest.shape,
    mean: manifest.mean,
    deviation: manifest.deviation,
    dataset: manifest.name,
    ...(resolution !== null && { resolution }),
    run: run.number,
    search: run.definition.name,
    trial: trial.number,
    architectureHash: trial.architectureHash,
    validationAccuracy: trial.fitness,
    writtenBy: `GPT-NAS Workbench ${appVersion}`,
  }
  const { files } = await pool.run(
    (client) => client.exportTfjs({ graph, weights, folder, metadata }, { signal }),
    signal,
  )

  const data = dataset.files('test')
  const count = Math.min(PROOF_IMAGES, data.count)
  yield {
    stage: 'proving',
    message: `Comparing with the trained network on ${count} test images in a fresh process`,
    result: null,
  }
  const random = createRandom(run.definition.seed).fork('proof')
  const indices = random.shuffle(Array.from({ length: data.count }, (_, index) => index)).slice(0, count)
  const trained = await pool.run((client) => client.predict({ graph, weights, data, indices }, { signal }), signal)
  const proof = await proveExport(startProof, { folder, data, indices }, trained, signal)
  const result = await store.write((writer) => insertExport(writer, { trialId, format: 'tfjs', folder, files, proof }))
  const verdict = proof.passed ? 'The export computes the same.' : 'The export does NOT compute the same.'
  yield {
    stage: 'done',
    message: `${verdict} Largest difference of a probability: ${proof.largestDifference.toExponential(2)}.`,
    result,
  }
}

async function proveExport(
  startProof: Services['startProof'],
  job: Parameters<Awaited<ReturnType<Services['startProof']>>['client']['predictTfjs']>[0],
  trained: Parameters<typeof comparePredictions>[0],
  signal: AbortSignal,
): Promise<Proof> {
  const process = await startProof()
  try {
    const { runtime, ...exported } = await process.client.predictTfjs(job, { signal })
    return comparePredictions(trained, exported, runtime)
  } finally {
    await process.close()
  }
}

export function exportsService(services: Services) {
  const os = implement(exportsContract)
  return os.router({
    create: os.create.handler(({ input, signal }) =>
      until(services.closing, signal, (ended) => createExport(services, input.trialId, input.folder, ended)),
    ),
    list: os.list.handler(({ input }) => listExports(services.store.db, input.trialId)),
  })
}
