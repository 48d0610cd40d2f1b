// One export from the wish to the stored row: what is exported and from what, written by a compute, proven by a fresh process.
import path from 'node:path'
import type { ExportProgress } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { exportFormatFacts, exportOptions, type ExportFormat, type ExportOptions } from '@shared/exchange/formats'
import { insertExport } from '../storage/exports'
import { exportFolder } from './export-folder'
import { noTestImages, prove, unproven } from './prove'
import { exportImport } from './import-export'
import type { ExportTools } from './tools'
import { networkOf, withTrained, type Trained, type TrialNetwork } from './trial-network'

export interface ExportWish {
  /** What is exported: a trial's network, or one that was imported. */
  readonly trialId: number | null
  readonly importId?: number | null
  readonly format: ExportFormat
  readonly options: Partial<ExportOptions>
  /** Null: below the workspace's exports folder. */
  readonly folder: string | null
  /** Compared with the trained network, where the format holds one. */
  readonly prove: boolean
  /** On every test image; left out: on a hundred. */
  readonly allImages?: boolean
}

/** What is exported, and where to. */
interface Source extends TrialNetwork {
  readonly folder: string
  /** SHA-256 by name of what the workspace knows to have written there before. */
  readonly earlier: Readonly<Record<string, string>>
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
  const { importId = null, trialId } = wish
  if (importId !== null && wish.allImages === true) throw noTestImages()
  if (importId !== null) return yield* exportImport(tools, { ...wish, importId, options }, signal)
  if (trialId === null) throw new AppError('invalid-input', 'A trial or an imported network to export was expected.')
  const source = await sourceOf(tools, { ...wish, trialId })
  if (exportFormatFacts(wish.format).isTrained)
    yield* withTrained(tools, source, signal, (trained) =>
      write(tools, { ...wish, trialId, options }, { ...source, trained }, signal),
    )
  else yield* write(tools, { ...wish, trialId, options }, { ...source, trained: null }, signal)
}

type TrialWish = ExportWish & { readonly trialId: number }

async function sourceOf({ store, cacheFolder }: ExportTools, { trialId, format, folder }: TrialWish): Promise<Source> {
  const network = await networkOf(store, trialId, exportFormatFacts(format).isTrained)
  const { run, trial } = network
  const named = folder ?? path.join(store.folders.exports, `run-${run.number}-trial-${trial.number}-${format}`)
  return { ...network, ...(await exportFolder({ store, cacheFolder }, named)) }
}

async function* write(
  tools: ExportTools,
  { trialId, format, options, prove: isProven, allImages = false }: TrialWish & { readonly options: ExportOptions },
  { trial, run, document, graph, folder, earlier, trained }: Source & { readonly trained: Trained | null },
  signal: AbortSignal,
): AsyncGenerator<ExportProgress> {
  const { store, pool, appVersion } = tools
  const { title } = exportFormatFacts(format)
  const { final } = run.definition
  yield { stage: 'writing', message: `Writing trial ${trial.number} as ${title}`, result: null }
  const metadata = {
    ...trained?.metadata,
    run: run.number,
    search: run.definition.name,
    trial: trial.number,
    seed: run.definition.seed,
    definition: run.definition,
    datasetFingerprint: run.dataFingerprint,
    architectureHash: trial.architectureHash,
    ...(final === null ? { validationAccuracy: trial.fitness } : { testAccuracy: trial.reported, final }),
    writtenBy: `GPT-NAS Workbench ${appVersion}`,
    ...(trained !== null && !(isProven && exportFormatFacts(format).isProvable) && { proof: null }),
  }
  const weights = trained?.weights ?? null
  const calibration = trained?.calibration ?? null
  const { files } = await pool.run(
    (client) =>
      client.export({ format, options, document, graph, weights, calibration, folder, earlier, metadata }, { signal }),
    signal,
  )
  const { isProvable } = exportFormatFacts(format)
  if (trained === null || !isProven || !isProvable) {
    const result = await store.write((writer) =>
      insertExport(writer, { trialId, importId: null, format, folder, files, proof: null }),
    )
    const why = trained === null ? 'It holds no trained values to compare.' : unproven(isProvable)
    yield { stage: 'done', message: `Wrote ${title}. ${why}`, result }
    return
  }
  const written = { format, options, folder, files }
  yield* prove(
    tools,
    written,
    { graph, weights: trained.weights, test: trained.test, seed: run.definition.seed, isWhole: allImages },
    signal,
    (made) => store.write((writer) => insertExport(writer, { trialId, importId: null, format, folder, ...made })),
  )
}
