// Any file with a network in it, told by its content: a design of ours, an export, ONNX, Keras (.keras, .h5, .json), a tfjs layers model,
// NNP. What comes of it is a design, what of the file it is not, and its values.
import { statSync } from 'node:fs'
import path from 'node:path'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { parseDocument, type ArchitectureDocument } from '@shared/architecture/document'
import { prepareArchitecture } from '@shared/architecture/prepared'
import { channelsOf } from '@shared/architecture/layer'
import { AppError } from '@shared/errors'
import { designFromText } from '@shared/exchange/design-from-text'
import { wantedArrays } from '@shared/exchange/imported/own-design'
import type { ImportedNetwork } from '@shared/exchange/imported/imported-network'
import { field, safeJson, textAt } from '@shared/exchange/imported/json'
import { unscaled } from '@shared/exchange/imported/scaling'
import { exportedDocument, METADATA_FILE } from '@shared/exchange/metadata'
import { LARGEST_ONNX_MIB } from '@shared/exchange/onnx/options'
import { MIB } from '@shared/units'
import { typed } from '../command-line'
import { openToRead, readWhole } from '../read-file'
import { readUnicodeSync } from '../text-file'
import { readBeside } from './beside'
import {
  bytesWithoutNetwork,
  elsewhereOf,
  jsonWithoutNetwork,
  SAVED_MODEL,
  savedModel,
  zipWithoutNetwork,
} from './no-network'
import { hasShards, readShards, refuseRepeated } from './shards'

/** What a file was, for messages and for what is stored of it. */
export const NETWORK_FORMATS = {
  'architecture-json': 'an architecture file',
  export: 'an export',
  tfjs: 'a tfjs layers model',
  keras: 'a Keras model (.keras)',
  'keras-h5': 'a Keras model in HDF5',
  'keras-json': 'a Keras model without weights (JSON)',
  onnx: 'an ONNX model',
  nnp: 'an NNP model',
} as const
export type NetworkFormat = keyof typeof NETWORK_FORMATS

export interface ReadFile extends ImportedNetwork {
  readonly format: NetworkFormat
  /** The file itself; in a folder, the one that was read. */
  readonly file: string
  /** The program that has written it, where it says so. */
  readonly producer: string | null
}

const WEIGHTS_LIMIT = LARGEST_ONNX_MIB * MIB
/** Bytes of a network's description without its weights: those of the largest networks have two millions. */
const MOST_TEXT = 32 * MIB

/** The file in a folder that holds its network. @throws AppError `not-found` */
async function fileIn(folder: string): Promise<string> {
  for (const name of ['model.onnx', 'model.json', METADATA_FILE]) {
    const file = path.join(folder, name)
    if (isFile(file)) return file
  }
  if (isFile(path.join(folder, SAVED_MODEL))) throw savedModel()
  throw new AppError(
    'not-found',
    `The folder ${folder} holds no ${METADATA_FILE}, no model.json and no model.onnx, so it is no export.`,
    'Name a file with a network in it, or the folder of an export.',
  )
}

const statOf = (place: string) => {
  try {
    return statSync(place)
  } catch {
    return undefined // what is wrong with it is told when it is read
  }
}
const isFile = (place: string): boolean => statOf(place)?.isFile() === true

async function headOf(file: string): Promise<Buffer> {
  const { handle } = await openToRead(file, { what: 'network' })
  try {
    const head = Buffer.alloc(8)
    const { bytesRead } = await handle.read(head, 0, head.length, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** What the file is called, without its endings. */
const nameOf = (file: string): string =>
  path.basename(file).replace(/\.(gptnas\.json|onnx|keras|h5|hdf5|json|nnp)$/i, '') || 'network'

/**
 * @param place a file, or the folder of an export
 * @throws AppError `not-found`; `invalid-input` for a file that is none of these or is damaged, naming the place in it;
 *   `invalid-architecture` where no network can be made of it
 */
export async function readNetwork(place: string): Promise<ReadFile> {
  let file = place
  try {
    if (statOf(place)?.isDirectory() === true) file = await fileIn(place)
    return { file, ...(await readByContent(file)) }
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.message.includes(file)) throw thrown
    throw new AppError(thrown.code, `${file}: ${thrown.message}`, thrown.fix, {
      cause: thrown,
      ...(thrown.commandLine !== undefined && { commandLine: thrown.commandLine }),
    })
  }
}

type Read = Omit<ReadFile, 'file'>

async function readByContent(file: string): Promise<Read> {
  const head = await headOf(file)
  if (head.length >= 4 && head.readUInt32BE(0) === 0x504b0304) return readZipped(file)
  if (head.toString('latin1', 1, 4) === 'HDF') return readKerasH5(file)
  if (file.toLowerCase().endsWith('.onnx')) return readOnnx(file)
  if (/\.(keras|nnp)$/i.test(file)) return readZipped(file)
  if (/\.(h5|hdf5)$/i.test(file)) return readKerasH5(file)
  const refusal = elsewhereOf(file, head) ?? bytesWithoutNetwork(file, head)
  if (refusal !== undefined) throw refusal
  return readJson(file)
}

async function readOnnx(file: string): Promise<Read> {
  const bytes = await readWhole(file, { what: 'ONNX model', maxBytes: WEIGHTS_LIMIT })
  const { designFromOnnx } = await import('@shared/exchange/onnx/design-from-onnx')
  const folder = path.dirname(file)
  const { producer, ...read } = designFromOnnx(bytes, nameOf(file), (name, offset, length) =>
    readBeside(folder, name, offset, length),
  )
  return { ...read, format: 'onnx', producer: producer === '' ? null : producer }
}

async function readZipped(file: string): Promise<Read> {
  const { wantedEntries } = await import('./wanted-entries')
  const limits: Readonly<Record<string, number>> = {
    'config.json': MOST_TEXT,
    'metadata.json': MIB,
    'model.weights.h5': WEIGHTS_LIMIT,
  }
  const nnpLimit = (name: string): number | undefined =>
    isNnpText(name) ? MOST_TEXT : /^[^/]*\.h5$/.test(name) ? WEIGHTS_LIMIT : undefined
  const names: string[] = []
  const entries = await wantedEntries(file, 'network', (name) => {
    names.push(name)
    return Object.hasOwn(limits, name) ? limits[name] : nnpLimit(name)
  })
  const config = entries.get('config.json')
  if (config !== undefined)
    return readKeras(file, config, entries.get('model.weights.h5'), entries.get('metadata.json'))
  const text = [...entries].find(([name]) => isNnpText(name))
  if (text !== undefined) return readNnp(file, text[1], entries)
  throw zipWithoutNetwork(names)
}

const isNnpText = (name: string): boolean => /^[^/]*\.(nntxt|prototxt)$/.test(name)
const textOf = (bytes: Buffer): string => bytes.toString('utf8')
const versionOf = (text: string | undefined): number => Number(/^\d+/.exec(text ?? '')?.[0] ?? 2)

async function readKeras(file: string, config: Buffer, weights?: Buffer, metadata?: Buffer): Promise<Read> {
  const { designFromKeras } = await import('@shared/exchange/keras/import-keras')
  const { NO_VALUES, valuesByNumber } = await import('@shared/exchange/keras/keras-values')
  const version = metadata && textAt(safeJson(textOf(metadata), 'the metadata of a Keras model'), 'keras_version')
  const values = weights === undefined ? NO_VALUES : valuesByNumber(await variableFolders(weights))
  const json = safeJson(textOf(config), 'the configuration of a Keras model')
  const read = designFromKeras(json, nameOf(file), values, versionOf(version ?? '3'))
  return { ...read, format: 'keras', producer: version === undefined ? null : `Keras ${version.slice(0, 40)}` }
}

async function variableFolders(weights: Buffer) {
  const { readH5 } = await import('./h5-file')
  const { arrays, groupNames } = await readH5(weights)
  const folders = new Map<string, (typeof arrays)[number][]>()
  for (const array of arrays) {
    const [, folder, at] = /^(.*)\/vars\/(\d{1,4})$/.exec(array.path) ?? []
    if (folder === undefined) continue
    const variables = folders.get(folder) ?? []
    variables[Number(at)] = array
    folders.set(folder, variables)
  }
  return [...folders].map(([folder, variables]) => ({
    path: folder,
    layer: groupNames.get(`${folder}/vars`),
    variables,
  }))
}

async function readKerasH5(file: string): Promise<Read> {
  const { designFromKeras } = await import('@shared/exchange/keras/import-keras')
  const { valuesByName } = await import('@shared/exchange/keras/keras-values')
  const { readH5 } = await import('./h5-file')
  const h5 = await readH5(await readWhole(file, { what: 'Keras model', maxBytes: WEIGHTS_LIMIT }))
  const config = h5.attribute('model_config')
  if (config === undefined)
    throw new AppError(
      'invalid-input',
      'This HDF5 file holds no model: it has no attribute model_config, as files of weights alone have none.',
      'Save the whole model with model.save.',
    )
  const arrays = h5.arrays.map((array) => [array.path.replace(/^model_weights\//, ''), array] as const)
  const version = h5.attribute('keras_version')
  const json = safeJson(config, 'the configuration of a Keras model')
  const read = designFromKeras(json, nameOf(file), valuesByName(arrays), versionOf(version))
  return { ...read, format: 'keras-h5', producer: version === undefined ? null : `Keras ${version.slice(0, 40)}` }
}

async function readJson(file: string): Promise<Read> {
  const text = readUnicodeSync(file, { what: 'network' })
  // The parser of designs tells best what is wrong with what is no other program's.
  const json = foreignJson(text)
  const topology = field(json, 'modelTopology')
  if (topology !== undefined || textAt(json, 'format') === 'graph-model') return readTfjs(file, json)
  if (textAt(json, 'class_name') !== undefined) {
    const { designFromKeras } = await import('@shared/exchange/keras/import-keras')
    const { NO_VALUES } = await import('@shared/exchange/keras/keras-values')
    const version = textAt(json, 'keras_version')
    const read = designFromKeras(
      json,
      nameOf(file),
      NO_VALUES,
      versionOf(version ?? (field(json, 'module') ? '3' : '2')),
    )
    return { ...read, format: 'keras-json', producer: version === undefined ? null : `Keras ${version.slice(0, 40)}` }
  }
  const refusal = jsonWithoutNetwork(json)
  if (refusal !== undefined) throw refusal
  const document = designFromText(text)
  const format = exportedDocument(json) === undefined ? 'architecture-json' : 'export'
  return { ...designAlone(document), format, producer: 'GPT-NAS Workbench' }
}

/** Undefined for what is not JSON, or has keys that no other program writes either. */
function foreignJson(text: string): unknown {
  try {
    return safeJson(text, 'a network')
  } catch {
    return undefined // told by the parser of designs
  }
}

/** A design without values: each of its layers with weights is missing some. */
function designAlone(document: ArchitectureDocument): ImportedNetwork {
  const prepared = (() => {
    try {
      return prepareArchitecture(document, BUILT_IN_BLOCKS)
    } catch (thrown) {
      // What is unfinished in a design is told where it is checked.
      if (thrown instanceof AppError) return undefined
      throw thrown
    }
  })()
  const graph = prepared?.graph ?? { input: [1], nodes: [], output: 'input' }
  return {
    document,
    graph,
    problems: [],
    notes: [],
    scaling: unscaled(channelsOf(graph.input)),
    values: () => ({
      arrays: [],
      missing: [...new Set(wantedArrays(graph).map(({ name }) => name.slice(0, name.lastIndexOf('/'))))],
    }),
  }
}

async function readTfjs(file: string, json: unknown): Promise<Read> {
  const { tfjsArrays, tfjsTopology } = await import('@shared/exchange/keras/tfjs-model')
  const { valuesByName } = await import('@shared/exchange/keras/keras-values')
  const folder = path.dirname(file)
  const model = tfjsTopology(json)
  refuseRepeated(folder, json)
  const arrays = tfjsArrays(json, (names) => readShards(folder, names))
  const producer = textAt(json, 'generatedBy')?.slice(0, 60) ?? null
  const held = ownDocument(exportedDocument(field(json, 'userDefinedMetadata')))
  if (held !== undefined) {
    const { ownScaling, ownTfjsValues } = await import('@shared/exchange/keras/own-tfjs-values')
    const alone = designAlone(held)
    const byName = new Map(arrays)
    return {
      ...alone,
      // The shards may be away: then the design is all there is.
      scaling: hasShards(folder, json) ? (ownScaling(byName) ?? alone.scaling) : alone.scaling,
      values: () => (hasShards(folder, json) ? ownTfjsValues(byName, alone.graph) : alone.values()),
      format: 'tfjs',
      producer,
    }
  }
  const { designFromKeras } = await import('@shared/exchange/keras/import-keras')
  return { ...designFromKeras(model, nameOf(file), valuesByName(arrays), 2), format: 'tfjs', producer }
}

/** Undefined for what is no design, or a damaged one: then the layers are read. */
function ownDocument(json: unknown): ArchitectureDocument | undefined {
  try {
    return json === undefined ? undefined : parseDocument(json)
  } catch {
    return undefined
  }
}

async function readNnp(file: string, text: Buffer, entries: ReadonlyMap<string, Buffer>): Promise<Read> {
  const { designFromNnp } = await import('@shared/exchange/nnp/import-nnp')
  const { readH5 } = await import('./h5-file')
  const [, h5] = [...entries].find(([name]) => name.endsWith('.h5')) ?? []
  const arrays = h5 === undefined ? [] : (await readH5(h5)).arrays
  const read = designFromNnp(textOf(text), nameOf(file), new Map(arrays.map((array) => [array.path, array])))
  return { ...read, format: 'nnp', producer: 'Neural Network Libraries' }
}

/** Operators that are no layers here, and what to do about them. */
export function refuseProblems(place: string, problems: readonly string[]): AppError {
  return new AppError(
    'invalid-architecture',
    `${place} has ${problems.length} operators that are no layers here:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    'Take over the rest, with identities in these places.',
    { commandLine: `That is "${typed('import FILE DESIGN --partial')}".` },
  )
}
