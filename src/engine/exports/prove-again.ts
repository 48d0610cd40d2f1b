// Proves an export that lies somewhere: the trial or the imported network that it was made of is found by the weights and the design that
// its metadata names.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { LayerGraph } from '@shared/architecture/layer'
import { storedLibrary } from '@shared/architecture/library'
import { prepareStored } from '@shared/architecture/prepared'
import type { Export, ExportProgress } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { exportFormatFacts, exportOptions } from '@shared/exchange/formats'
import { METADATA_FILE, trainedExport } from '@shared/exchange/metadata'
import { MIB } from '@shared/units'
import { errorCode } from '@node/file-error'
import { isMissing, readInPieces, readWhole } from '@node/read-file'
import { insertExport } from '../storage/exports'
import { importsWithWeights } from '../storage/imports'
import { trialWithWeights } from '../storage/trials'
import { proveImport } from './import-export'
import { noTestImages, prove } from './prove'
import type { ExportTools } from './tools'
import { networkOf, withTrained } from './trial-network'

/** The design of the largest networks has less than a megabyte. */
const MAX_BYTES = 64 * MIB

/** The folder of an export. @param place itself, or any file in it @throws AppError `not-found` */
async function folderOf(place: string): Promise<string> {
  if (!path.isAbsolute(place))
    throw new AppError('invalid-input', `"${place}" is not a whole path.`, 'Name the export from its root.')
  const info = await stat(place).catch((cause: unknown) => {
    const code = errorCode(cause)
    const reason = code === 'ENOENT' ? '' : code === 'ELOOP' ? ': it is a link that leads to itself' : ` (${code})`
    throw new AppError('not-found', `There is no export ${place}${reason}.`, 'Check the name and the folder.', {
      cause,
    })
  })
  return info.isDirectory() ? place : path.dirname(place)
}

/** Its files as they are now, the metadata among them. */
async function filesOf(folder: string, names: readonly string[]): Promise<Export['files']> {
  return Promise.all(
    names.map(async (name) => {
      const hash = createHash('sha256')
      let sizeBytes = 0
      for await (const piece of readInPieces(path.join(folder, name), { what: 'file of an export' })) {
        hash.update(piece)
        sizeBytes += piece.length
      }
      return { name, sizeBytes, sha256: hash.digest('hex') }
    }),
  )
}

/**
 * The import whose values and whose design an export holds: equal arrays alone may be those of two networks.
 * @returns null where no import has the values
 * @throws AppError `conflict` where one has them and is another network
 */
async function importOf(
  { store }: ExportTools,
  { weights, architecture }: NonNullable<ReturnType<typeof trainedExport>>,
): Promise<number | null> {
  const graphOf = (document: unknown): LayerGraph => prepareStored(document, storedLibrary([])).graph
  const found = await importsWithWeights(store.db, weights.sha256)
  if (found.length === 0) return null
  const wanted = graphOf(architecture)
  const same = found.find(({ document }) => isDeepStrictEqual(graphOf(document), wanted))
  if (same !== undefined) return same.id
  throw new AppError(
    'conflict',
    `The values of this export are those of import ${found[0]?.id ?? ''}, and its design is another one: what it computes cannot be compared.`,
    'Export the network again.',
  )
}

/**
 * @param wish `folder` is an export's, or a file in it; `allImages` compares on the whole test split
 * @throws AppError `not-found`, `invalid-input` for what is no export or holds no trained values, and those of `createExport`
 */
export async function* proveAgain(
  tools: ExportTools,
  { folder: place, allImages }: { readonly folder: string; readonly allImages: boolean },
  signal: AbortSignal,
): AsyncGenerator<ExportProgress> {
  const { store } = tools
  store.refuseReadOnly()
  const folder = await folderOf(place)
  const metadata = path.join(folder, METADATA_FILE)
  const made = await readWhole(metadata, { what: 'metadata of an export', maxBytes: MAX_BYTES }).then(
    (bytes) => trainedExport(bytes.toString('utf8')),
    (thrown: unknown) => {
      if (isMissing(thrown)) return undefined
      throw thrown
    },
  )
  if (made === undefined)
    throw new AppError(
      'invalid-input',
      `${folder} is no export of trained values: an export has a ${METADATA_FILE} that names its format, its files and its weights.`,
      'Name the folder that an export was written to.',
    )
  const { format, options, weights, files: names } = made
  if (!exportFormatFacts(format).isProvable)
    throw new AppError('invalid-input', `Nothing here can run an export of ${exportFormatFacts(format).title}.`)
  const trialId = await trialWithWeights(store.db, weights.sha256)
  const importId = trialId === null ? await importOf(tools, made) : null
  const all = [...names.map(({ name }) => name), METADATA_FILE]
  if (importId !== null) {
    if (allImages) throw noTestImages()
    const written = { format, options: exportOptions(format, options), folder, files: await filesOf(folder, all) }
    yield* proveImport(tools, importId, written, signal)
    return
  }
  if (trialId === null)
    throw new AppError(
      'not-found',
      `No trial and no imported network of this workspace has the weights that ${folder} was made of (${weights.sha256.slice(0, 12)}...).`,
      'Open the workspace that it was exported from.',
      { commandLine: 'It is named with --workspace FOLDER.' },
    )
  const network = await networkOf(store, trialId)
  const files = await filesOf(folder, all)
  const written = { format, options: exportOptions(format, options), folder, files }
  yield {
    stage: 'checking',
    message: `${folder} is trial ${network.trial.number} of run ${network.run.number} as ${exportFormatFacts(format).title}`,
    result: null,
  }
  const { graph, run } = network
  yield* withTrained(tools, network, signal, ({ weights: file, test }) =>
    prove(
      tools,
      written,
      { graph, weights: file, test, seed: run.definition.seed, isWhole: allImages },
      signal,
      (proven) => store.write((writer) => insertExport(writer, { trialId, importId: null, format, folder, ...proven })),
    ),
  )
}
