// The proof of an export: the trained network on a compute and the exported files in a fresh process see the same images and the same
// random inputs, and what they say is compared (shared/exchange).
import type { LayerGraph } from '@shared/architecture/layer'
import type { SplitFiles } from '@shared/contract/compute'
import type { Proof } from '@shared/contract/exports'
import { comparePredictions } from '@shared/exchange/compare-predictions'
import { exportFormatFacts, type ExportFormat, type ExportOptions } from '@shared/exchange/formats'
import { createRandom } from '@shared/random'
import type { ExportTools } from './tools'

/** Images of the test split an export is proven on. Chosen: plain tfjs takes seconds for ten of a deep network. */
const PROOF_IMAGES = 100

/** Chosen: as long again as a sixth of the images, and enough for every class to vary. */
const RANDOM_INPUTS = 16

export interface ProvenNetwork {
  readonly graph: LayerGraph
  readonly weights: string
  readonly test: SplitFiles
  /** Of the run: draws the images. */
  readonly seed: number
}

function drawIndices({ test, seed }: ProvenNetwork): number[] {
  const all = Array.from({ length: test.count }, (_, index) => index)
  return createRandom(seed).fork('proof').shuffle(all).slice(0, PROOF_IMAGES)
}

/** @throws AppError those of the compute and of the proof process */
export async function proveExport(
  { pool, startProof }: Pick<ExportTools, 'pool' | 'startProof'>,
  {
    format,
    options,
    folder,
  }: { readonly format: ExportFormat; readonly options: ExportOptions; readonly folder: string },
  network: ProvenNetwork,
  signal: AbortSignal,
): Promise<Proof> {
  const { graph, weights, test: data, seed } = network
  const inputs = { data, indices: drawIndices(network), random: { count: RANDOM_INPUTS, seed } }
  const trained = await pool.run((client) => client.predict({ graph, weights, ...inputs }, { signal }), signal)
  const process = await startProof()
  try {
    const { runtime, ...exported } = await process.client.predict({ format, folder, ...inputs }, { signal })
    return comparePredictions(trained, exported, runtime, exportFormatFacts(format).closeness?.(options))
  } finally {
    await process.close()
  }
}
