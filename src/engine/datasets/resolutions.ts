// The smaller images that runs of low fidelity train on: `resolutions/N/` inside the folder of the data set they are made of, each
// a prepared data set with a manifest. They are nobody's data set: made when a run first asks, replaced and removed with their
// source (docs/decisions/004).
import { randomUUID } from 'node:crypto'
import { renameSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { DatasetProgress } from '@shared/contract/datasets'
import { shapeAt } from '@shared/search/resolution'
import { sizeOnDisk } from '@node/disk'
import type { StartDecoders } from './images/decoders'
import type { ContentCheck } from './content-check'
import { contentOf, readPrepared, type Manifest } from './manifest'
import { startPreparation, type Preparation } from './progress'

/** A data set that is ready. */
export interface ReductionSource {
  readonly title: string
  readonly folder: string
  readonly manifest: Manifest
}

/** What is kept of one resolution. */
export interface KeptResolution {
  readonly resolution: number
  readonly bytes: number
}

export interface Resolutions {
  /** The manifest of what is there; undefined where it is missing, damaged or made of other images. */
  open(source: ReductionSource, resolution: number): Promise<Manifest | undefined>
  /** Makes what `open` does not find; who asks while it is under way joins. @throws AppError `invalid-input` */
  make(source: ReductionSource, resolution: number): Preparation
  /** Whether images of this data set are being made. */
  isBusy(folder: string): boolean
  /** Resolves when what is under way has ended, which the signal of `createResolutions` asks for. */
  settled(): Promise<void>
}

/** Folder of a data set that holds its images in other sizes. */
export const RESOLUTIONS = 'resolutions'
/** What is being written, and what it moves aside (whole-folder.ts). */
const PARTIAL = /\.partial-/
/** A half-written folder older than this belongs to a program that has ended: two can share the cache. Milliseconds; chosen. */
const ABANDONED_AFTER_MS = 24 * 3600 * 1000

export function resolutionFolder(folder: string, resolution: number): string {
  return path.join(folder, RESOLUTIONS, String(resolution))
}

/** Ascending. @param folder of the data set; it may not exist */
export async function keptResolutions(folder: string): Promise<KeptResolution[]> {
  const names = await readdir(path.join(folder, RESOLUTIONS)).catch(() => [])
  const kept = names.filter((name) => /^\d+$/.test(name)).map(Number)
  return Promise.all(
    kept
      .sort((a, b) => a - b)
      .map(async (resolution) => ({ resolution, bytes: await sizeOnDisk(resolutionFolder(folder, resolution)) })),
  )
}

/** Re-reads every file of every resolution against its hash. @returns one line per problem */
export async function checkResolutions(folder: string, content: ContentCheck): Promise<string[]> {
  const problems: string[] = []
  for (const { resolution } of await keptResolutions(folder)) {
    const place = resolutionFolder(folder, resolution)
    const state = await readPrepared(place)
    const found =
      state.state === 'ready'
        ? await content.reread(place, state.manifest)
        : [state.state === 'damaged' ? state.problem : 'its manifest is missing']
    const fix = 'remove it, and the next search makes it again'
    problems.push(...found.map((problem) => `at ${resolution} pixels: ${problem} (${fix})`))
  }
  return problems
}

/** They are out of everybody's sight before this returns to its caller, and gone from the disk when it settles. */
export async function removeResolution(folder: string, resolution: number): Promise<void> {
  const place = resolutionFolder(folder, resolution)
  // Named as what an end of the program leaves half-written, so that it is swept should this be cut off.
  const aside = `${place}.partial-${randomUUID()}`
  renameSync(place, aside)
  await rm(aside, { recursive: true, force: true })
}

/** @param closing ends what is under way; nothing half-made stays */
export function createResolutions(
  startDecoders: StartDecoders,
  content: ContentCheck,
  closing: AbortSignal,
): Resolutions {
  const going = new Map<string, { readonly source: string; readonly preparation: Preparation }>()

  const open: Resolutions['open'] = async ({ folder, manifest }, resolution) => {
    const place = resolutionFolder(folder, resolution)
    const found = await readPrepared(place)
    if (found.state !== 'ready' || found.manifest.madeFrom !== contentOf(manifest)) return undefined
    return (await content.problems(place, found.manifest)).length === 0 ? found.manifest : undefined
  }
  const begin = (source: ReductionSource, resolution: number): Preparation => {
    const { title, folder, manifest } = source
    const shape = shapeAt(manifest.name, manifest.shape, resolution)
    const place = resolutionFolder(folder, resolution)
    const what = `${title} at ${shape[0]} x ${shape[1]} pixels`
    const first: DatasetProgress = { stage: 'checking', fraction: null, message: `Looking for ${what}` }
    const preparation = startPreparation(first, async (report) => {
      try {
        const isThere = async (): Promise<boolean> => (await open(source, resolution)) !== undefined
        if (!(await isThere())) {
          await sweep(path.dirname(place))
          const { reduceImages } = await import('./importing/reduce-images')
          await reduceImages({
            source: folder,
            manifest,
            shape,
            folder: place,
            startDecoders,
            report: (progress) => report({ ...progress, message: `Making ${what}: ${progress.message}` }),
            signal: closing,
            isThere,
          })
        }
      } finally {
        going.delete(place)
      }
      report({ stage: 'ready', fraction: 1, message: `${what} is ready` })
    })
    going.set(place, { source: folder, preparation })
    return preparation
  }
  return {
    open,
    make: (source, resolution) =>
      going.get(resolutionFolder(source.folder, resolution))?.preparation ?? begin(source, resolution),
    isBusy: (folder) => [...going.values()].some(({ source }) => source === folder),
    settled: async () =>
      void (await Promise.allSettled([...going.values()].map(({ preparation }) => preparation.done))),
  }
}

/** Removes what an end of the program left half-written. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!PARTIAL.test(name)) continue
    const place = path.join(folder, name)
    const info = await stat(place).catch(() => undefined)
    if (info !== undefined && Date.now() - info.mtimeMs > ABANDONED_AFTER_MS)
      await rm(place, { recursive: true, force: true })
  }
}
