// The proof of an export: the trained network on a compute and the exported files in a fresh process see the same images and the same
// random inputs, and what they say is compared (shared/exchange).
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { LayerGraph } from '@shared/architecture/layer'
import type { ExportedPrediction, Prediction, SplitFiles } from '@shared/contract/compute'
import type { Export, FirstDifference, Proof, Rounding } from '@shared/contract/exports'
import { comparedWithTrained, comparePredictions, mostDifferent } from '@shared/exchange/compare-predictions'
import { exportFormatFacts, type ExportFormat, type ExportOptions } from '@shared/exchange/formats'
import type { WeightPrecision } from '@shared/exchange/weight-precision'
import { METADATA_FILE } from '@shared/exchange/metadata'
import { createRandom } from '@shared/random'
import type { ProofClient } from '../executors/pool'
import { inPortions } from './portions'
import type { ExportTools } from './tools'

/** Images of the test split an export is proven on. Chosen: plain tfjs takes seconds for ten of a deep network. */
const PROOF_IMAGES = 100

/** Of a whole split: as many as ImageNet's validation has, and as a question to a compute may name. */
const MOST_IMAGES = 50_000

/** Chosen: as long again as a sixth of the images, and enough for every class to vary. */
const RANDOM_INPUTS = 16

export interface ProvenNetwork {
  readonly graph: LayerGraph
  readonly weights: string
  readonly test: SplitFiles
  /** Of the run: draws the images. */
  readonly seed: number
  /** `test` is no data set: its images were drawn, and have no labels. */
  readonly isDrawn?: boolean
  /** Its labels mean nothing: there is no accuracy to tell. */
  readonly isUnlabelled?: boolean
  /** Every image of `test` is compared, not some. */
  readonly isWhole?: boolean
}

function drawIndices({ test, seed }: ProvenNetwork, count: number): number[] {
  const all = Array.from({ length: test.count }, (_, index) => index)
  return createRandom(seed).fork('proof').shuffle(all).slice(0, count)
}

export interface WrittenExport {
  readonly format: ExportFormat
  readonly options: ExportOptions
  readonly folder: string
  readonly files: Export['files']
}

type Tools = Pick<ExportTools, 'pool' | 'startProof'>

/** Where an export that computes otherwise begins to, looked for on one image. */
async function whereTheyPart(
  { pool }: Tools,
  proof: ProofClient,
  { format, folder }: WrittenExport,
  { graph, weights, test: data }: ProvenNetwork,
  { index, storedAs, tolerance }: { index: number; storedAs: WeightPrecision; tolerance: number },
  signal: AbortSignal,
): Promise<FirstDifference | null> {
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'gpt-nas-proof-'))
  try {
    const trained = path.join(temporary, 'values')
    await pool.run(
      (client) => client.trace({ graph, weights, data, index, storedAs, file: trained }, { signal }),
      signal,
    )
    return await proof.firstDifference({ format, folder, data, index, trained, tolerance }, { signal })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** @throws AppError those of the compute and of the proof process */
export async function proveExport(
  tools: Tools,
  written: WrittenExport,
  network: ProvenNetwork,
  signal: AbortSignal,
): Promise<Proof> {
  const { format, options, folder, files } = written
  const { graph, weights, test: data, seed } = network
  const closeness = exportFormatFacts(format).closeness?.(options)
  const inputs = {
    data,
    indices: drawIndices(network, network.isWhole === true ? MOST_IMAGES : (closeness?.images ?? PROOF_IMAGES)),
    random: { count: RANDOM_INPUTS, seed },
  }
  const storedAs = exportFormatFacts(format).storedAs?.(options) ?? 'float32'
  const predicted = (as: WeightPrecision): Promise<Prediction> =>
    inPortions(inputs, (portion) =>
      tools.pool.run((client) => client.predict({ graph, weights, ...portion, storedAs: as }, { signal }), signal),
    )
  const trained = await predicted(storedAs)
  const roundingOf = async (exported: ExportedPrediction): Promise<Rounding | null> => {
    if (storedAs !== 'float32') return comparedWithTrained(await predicted('float32'), exported, storedAs)
    const { precision } = options
    return closeness === undefined || precision === 'float32'
      ? null
      : comparedWithTrained(trained, exported, String(precision))
  }
  const process = await tools.startProof()
  try {
    const { runtime, latency, ...exported } = await inPortions(inputs, (portion) =>
      process.client.predict({ format, folder, ...portion }, { signal }),
    )
    const compared = comparePredictions(trained, exported, runtime, closeness)
    const seen = network.isDrawn === true ? ({ split: 'drawn', accuracy: null } as const) : {}
    const model = files.filter(({ name }) => name !== METADATA_FILE)
    const isUnlabelled = network.isDrawn === true || network.isUnlabelled === true
    const cost = await roundingOf(exported)
    const rounding = cost !== null && isUnlabelled ? { ...cost, trainedAccuracy: null } : cost
    const sizeBytes = model.reduce((sum, file) => sum + file.sizeBytes, 0)
    const proof: Proof = { ...compared, ...seen, latency, sizeBytes, rounding }
    if (proof.verdict !== 'different') return proof
    const index = inputs.indices[mostDifferent(trained.logits, exported.logits)]!
    const { tolerance } = proof
    return {
      ...proof,
      firstDifference: await whereTheyPart(
        tools,
        process.client,
        written,
        network,
        { index, storedAs, tolerance },
        signal,
      ),
    }
  } finally {
    await process.close()
  }
}
