// A design as files, without a trial: its architecture alone, or with starting weights where a format holds weights. Those are drawn
// from a seed, and the files are proven to compute the same on random images. Nothing of it is stored in the workspace.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { LayerGraph } from '@shared/architecture/layer'
import { metaOf, parseDocument, selfContained } from '@shared/architecture/document'
import { storedLibrary } from '@shared/architecture/library'
import { prepareArchitecture } from '@shared/architecture/prepared'
import type { SplitFiles } from '@shared/contract/compute'
import type { DesignExportProgress, Proof } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { exportFormatFacts, exportOptions, type ExportFormat, type ExportOptions } from '@shared/exchange/formats'
import { randomPixels } from '@shared/exchange/random-inputs'
import { writeFileWhole } from '@node/whole-file'
import { exportFolder } from './export-folder'
import { addProof } from './proof-in-metadata'
import { proveExport } from './prove-export'
import type { ExportTools } from './tools'

export interface DesignExportWish {
  readonly document: unknown
  /** Block documents of the workspace that it may name. */
  readonly blocks: readonly unknown[]
  readonly format: ExportFormat
  readonly options: Partial<ExportOptions>
  /** Null: below the workspace's exports folder. */
  readonly folder: string | null
  readonly prove: boolean
  /** Of the starting weights. */
  readonly seed: number
}

/** Chosen: as many as a proof has random inputs, for each of which plain tfjs may take seconds. */
const IMAGES = 16
/** Pixels 0 to 255 to about -1 to 1: what nothing trained can know better. */
const MEAN = 0.5
const DEVIATION = 0.25

type Tools = Pick<ExportTools, 'store' | 'pool' | 'startProof' | 'cacheFolder' | 'appVersion'>

/** Random images with labels that mean nothing. */
async function randomSplit(folder: string, graph: LayerGraph, seed: number, classes: number): Promise<SplitFiles> {
  if (graph.input.length !== 3)
    throw new AppError('invalid-architecture', 'A design that is exported takes images [height, width, channels].')
  const shape: SplitFiles['shape'] = [graph.input[0], graph.input[1], graph.input[2]]
  const images = path.join(folder, 'images')
  const labels = path.join(folder, 'labels')
  await writeFileWhole(images, randomPixels({ count: IMAGES, seed: seed + 1 }, shape))
  await writeFileWhole(labels, new Uint8Array(classes > 256 ? 2 * IMAGES : IMAGES))
  const levels = (value: number): number[] => Array.from({ length: shape[2] }, () => value)
  return { images, labels, count: IMAGES, shape, classes, mean: levels(MEAN), deviation: levels(DEVIATION) }
}

const nameOf = (name: string): string => name.replace(/[^\p{L}\p{N}_-]+/gu, '-').replace(/^-+|-+$/g, '') || 'design'

/**
 * Tells each stage; the last holds what was written.
 * @throws AppError `invalid-architecture` with the first reason, `conflict` naming what is in the way, those of writing and proving
 */
export async function* exportDesign(
  tools: Tools,
  { document: json, blocks, format, options: wish, folder: named, prove: isProven, seed }: DesignExportWish,
  signal: AbortSignal,
): AsyncGenerator<DesignExportProgress> {
  const { store, pool, appVersion, cacheFolder, startProof } = tools
  const { title, isTrained, isProvable } = exportFormatFacts(format)
  const options = exportOptions(format, wish)
  const library = storedLibrary(blocks)
  const document = selfContained(parseDocument(json), library)
  const { graph } = prepareArchitecture(document, library)
  const meta = metaOf(document)
  const place = named ?? path.join(store.folders.exports, `design-${nameOf(meta.name)}-${format}`)
  const { folder, earlier } = await exportFolder({ store, cacheFolder }, place)
  yield { stage: 'writing', message: `Writing "${meta.name}" as ${title}`, result: null }
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'gpt-nas-design-'))
  try {
    const metadata = {
      design: meta.name,
      inputShape: graph.input,
      seed,
      isTrained: false,
      writtenBy: `GPT-NAS Workbench ${appVersion}`,
    }
    const weights = isTrained ? path.join(temporary, 'weights') : null
    const start = { graph, seed, mean: MEAN, deviation: DEVIATION }
    const classes =
      weights === null
        ? 0
        : (await pool.run((client) => client.initialise({ ...start, file: weights }, { signal }), signal)).classes
    const job = { format, options, document, graph, weights, folder, earlier }
    const { files } = await pool.run((client) => client.export({ ...job, metadata }, { signal }), signal)
    let proof: Proof | null = null
    let written = files
    if (weights !== null && isProven && isProvable) {
      const message = 'Comparing with the network of the same starting weights on random images in a fresh process'
      yield { stage: 'proving', message, result: null }
      const test = await randomSplit(temporary, graph, seed, classes)
      proof = {
        ...(await proveExport(
          { pool, startProof },
          { format, options, folder, files },
          { graph, weights, test, seed, isUnlabelled: true },
          signal,
        )),
        split: 'random',
        accuracy: null,
      }
      written = await addProof(folder, files, proof)
    }
    const values = isTrained ? ` Its weights are starting weights of seed ${seed}: NOTHING IS TRAINED.` : ''
    yield { stage: 'done', message: `Wrote ${title}.${values}`, result: { format, folder, files: written, proof } }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
