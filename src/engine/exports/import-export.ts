// An imported network as an export, and its proof. No data set belongs to it, so the two are compared on inputs that are drawn: pictures of
// noise, in a file that lives as long as the proof.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { LayerGraph } from '@shared/architecture/layer'
import { isMap } from '@shared/architecture/catalogue/window'
import { storedLibrary } from '@shared/architecture/library'
import { prepareStored } from '@shared/architecture/prepared'
import type { SplitFiles } from '@shared/contract/compute'
import type { ExportProgress } from '@shared/contract/exports'
import type { ImportFacts, NetworkImport } from '@shared/contract/imports'
import { AppError } from '@shared/errors'
import { exportFormatFacts, type ExportFormat, type ExportOptions } from '@shared/exchange/formats'
import { quoted } from '@shared/quoted'
import { randomPixels } from '@shared/exchange/random-inputs'
import { insertExport } from '../storage/exports'
import { loadImport } from '../storage/imports'
import { exportFolder } from './export-folder'
import { prove, unproven } from './prove'
import type { WrittenExport } from './prove-export'
import type { ExportTools } from './tools'

/** Drawn inputs of a proof: as many vary as of the random inputs of a trial's, twice. */
const DRAWN = 32
const SEED = 1

export interface ImportWish {
  readonly importId: number
  readonly format: ExportFormat
  readonly options: ExportOptions
  /** Null: below the workspace's exports folder. */
  readonly folder: string | null
  readonly prove: boolean
}

/** @throws AppError `not-found` for an import without the values that the format needs; those of writing and proving */
export async function* exportImport(
  tools: ExportTools,
  { importId, format, options, folder: named, prove: isProven }: ImportWish,
  signal: AbortSignal,
): AsyncGenerator<ExportProgress> {
  const { store, artefacts, pool, appVersion } = tools
  const { title, isTrained, isProvable } = exportFormatFacts(format)
  const { import: found, document: stored } = await loadImport(store.db, importId)
  const { document, graph } = prepareStored(stored, storedLibrary([]))
  const unpin = found.weightsSha256 === null ? () => undefined : artefacts.pin(found.weightsSha256)
  try {
    const sha256 = isTrained ? await wholeValues(tools, found, graph) : null
    const place = named ?? path.join(store.folders.exports, `import-${importId}-${format}`)
    const { folder, earlier } = await exportFolder(tools, place)
    yield { stage: 'writing', message: `Writing ${quoted(found.name)} as ${title}`, result: null }
    const metadata = {
      ...metadataOf(found.facts),
      import: importId,
      writtenBy: `GPT-NAS Workbench ${appVersion}`,
      ...(isTrained && !(isProven && isProvable) && { proof: null }),
    }
    const weights = sha256 === null ? null : artefacts.path(sha256)
    const { files } = await pool.run(
      (client) =>
        client.export(
          { format, options, document, graph, weights, calibration: null, folder, earlier, metadata },
          { signal },
        ),
      signal,
    )
    if (weights === null || !isProven || !isProvable) {
      const made = { trialId: null, importId, format, folder, files, proof: null }
      const result = await store.write((writer) => insertExport(writer, made))
      const why = weights === null ? 'It holds no trained values to compare.' : unproven(isProvable)
      yield { stage: 'done', message: `Wrote ${title}. ${why}`, result }
      return
    }
    yield* proveImport(tools, importId, { format, options, folder, files }, signal)
  } finally {
    unpin()
  }
}

/** @throws AppError those of the compute and of the proof process */
export async function* proveImport(
  tools: ExportTools,
  importId: number,
  written: WrittenExport,
  signal: AbortSignal,
): AsyncGenerator<ExportProgress> {
  const { store, artefacts } = tools
  const { import: found, document } = await loadImport(store.db, importId)
  const { graph } = prepareStored(document, storedLibrary([]))
  // Before they are looked at: they stay, even if the import is removed meanwhile.
  const unpin = found.weightsSha256 === null ? () => undefined : artefacts.pin(found.weightsSha256)
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'gpt-nas-drawn-'))
  try {
    const weights = artefacts.path(await wholeValues(tools, found, graph))
    const test = await drawnSplit(temporary, graph, found.facts)
    const network = { graph, weights, test, seed: SEED, isDrawn: true }
    yield* prove(tools, written, network, signal, (made) =>
      store.write((writer) =>
        insertExport(writer, { trialId: null, importId, format: written.format, folder: written.folder, ...made }),
      ),
    )
  } finally {
    unpin()
    await rm(temporary, { recursive: true, force: true })
  }
}

/** @returns the hash of the file of its values @throws AppError `not-found`, `storage-failed`, `invalid-input` for what takes no image */
async function wholeValues({ artefacts }: ExportTools, found: NetworkImport, graph: LayerGraph): Promise<string> {
  const { facts, weightsSha256 } = found
  if (!isMap(graph.input))
    throw new AppError(
      'invalid-input',
      `${quoted(found.name)} takes no image, and every format here writes networks that do.`,
    )
  if (weightsSha256 === null || facts.missing.length > 0)
    throw new AppError(
      'not-found',
      `${quoted(found.name)} has no values for ${facts.missing.length} of its layers (${facts.missing.slice(0, 5).map(quoted).join(', ')}).`,
      'Export the architecture alone, or train it.',
    )
  if (await artefacts.isWhole(weightsSha256)) return weightsSha256
  throw new AppError(
    'storage-failed',
    `The values of ${quoted(found.name)} are missing or damaged: ${artefacts.path(weightsSha256)} does not have the content that its name says.`,
    'Restore the artefacts folder from a backup, or import the file again.',
  )
}

/** Where it comes from, for whoever reads the export. */
const metadataOf = ({ file, sha256, format, producer, problems, input, mean, deviation, classes }: ImportFacts) => ({
  classes: Array.from({ length: classes }, (_, i) => String(i)),
  inputShape: input,
  mean,
  deviation,
  importedFrom: { file: path.basename(file), sha256, format, producer, identities: problems.length },
})

async function drawnSplit(folder: string, graph: LayerGraph, { mean, deviation }: ImportFacts): Promise<SplitFiles> {
  const shape = graph.input as [number, number, number]
  const [images, labels] = [path.join(folder, 'images.u8'), path.join(folder, 'labels.u8')]
  await writeFile(images, randomPixels({ count: DRAWN, seed: SEED + 1 }, shape))
  await writeFile(labels, new Uint8Array(DRAWN))
  return { images, labels, count: DRAWN, shape, classes: 2, mean: [...mean], deviation: [...deviation] }
}
