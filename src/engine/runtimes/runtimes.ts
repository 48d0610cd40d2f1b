// The builds of TensorFlow of one cache: what is there, one installation at a time, choosing and removing. What a process then loads is
// active.ts's; whether it trains is the self-check's (executors).
import { rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type {
  InstallEvent,
  InstallProgress,
  PackEvent,
  RuntimeBuild,
  Runtimes as View,
} from '@shared/contract/runtimes'
import { AppError } from '@shared/errors'
import {
  downloadBytes,
  installedBytes,
  TENSORFLOW_BUILDS,
  type BuildId,
  type TensorFlowBuild,
} from '@shared/runtime/tensorflow-builds'
import { typed } from '@node/command-line'
import { freeBytes, refuseTooLittleSpace, sizeOnDisk } from '@node/disk'
import { refuseUnwritable, safeFile } from '@node/safe-target'
import { streamOfWork } from '../stream-of-work'
import { activeRuntime, forgetChoice, isShipped, keepChoice, readChoice, SHIPPED, type Active } from './active'
import {
  choiceLock,
  downloadsFolder,
  LOCK,
  lockFile,
  MANIFEST,
  runtimeFolder,
  runtimesFolder,
  stagingFolder,
} from './layout'
import { holdingLock } from '../downloads/lock'
import { contentDamage, damageOf, readManifest, type Manifest } from './manifest'
import { packRuntime } from './pack'
import { indexOf } from './package-index'

export interface RuntimesOptions {
  readonly cacheFolder: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Replaced in tests by small ones. */
  readonly builds?: readonly TensorFlowBuild[]
}

export interface InstallWish {
  readonly id: BuildId
  readonly from: readonly string[]
  readonly index: string | null
}

export interface Runtimes {
  view(): Promise<View>
  /** What computes load at this moment. */
  active(): Promise<Active>
  build(id: BuildId): TensorFlowBuild
  /** The binding of a build that need not be the one in use; null for the one in the package. @throws AppError `not-found` */
  binding(id: BuildId): Promise<string | null>
  /** Reads every byte of an installed build. @returns the first file that is not as pinned, or null. @throws AppError `not-found`, `cancelled` */
  damagedFile(id: BuildId, signal: AbortSignal): Promise<string | null>
  /** Goes on when the stream is broken off. @throws as contract/runtimes */
  install(wish: InstallWish, signal: AbortSignal): AsyncGenerator<InstallEvent, void, void>
  cancel(): Promise<void>
  /** @param adopt called before the choice is stored; what it throws leaves everything as it was */
  choose(id: BuildId, adopt: () => Promise<void>): Promise<void>
  remove(id: BuildId): Promise<void>
  pack(id: BuildId, file: string, signal: AbortSignal): AsyncGenerator<PackEvent, void, void>
  /** Ends an installation under way. */
  close(): Promise<void>
}

interface Job {
  readonly id: BuildId
  readonly controller: AbortController
  progress: InstallProgress | null
  readonly listeners: Set<(progress: InstallProgress) => void>
  readonly done: Promise<string>
}

export function createRuntimes({
  cacheFolder,
  env = process.env,
  builds = TENSORFLOW_BUILDS,
}: RuntimesOptions): Runtimes {
  let job: Job | undefined

  const build = (id: BuildId): TensorFlowBuild => {
    const found = builds.find((candidate) => candidate.id === id)
    if (found !== undefined) return found
    throw new AppError('not-found', `There is no runtime ${id}.`, `Look at "${typed('runtime list')}".`)
  }
  const active = async (): Promise<Active> =>
    activeRuntime(cacheFolder, builds, (await readChoice(cacheFolder, env)).id)

  const whole = async (id: BuildId): Promise<{ folder: string; manifest: Manifest }> => {
    const folder = runtimeFolder(cacheFolder, build(id))
    const manifest = await readManifest(folder, build(id))
    if (manifest === undefined)
      throw new AppError(
        'not-found',
        `The runtime ${id} is not installed.`,
        `Install it: ${typed(`runtime install ${id}`)}, or Runtime in the window.`,
      )
    const damaged = await damageOf(folder, manifest)
    if (damaged === null) return { folder, manifest }
    throw new AppError(
      'storage-damaged',
      `The runtime ${id} is damaged: ${damaged} is missing or not of its size.`,
      `Install it again, which keeps what is whole of it: ${typed(`runtime install ${id}`)}, or Runtime in the window.`,
    )
  }

  const begin = ({ id, from, index }: InstallWish): Job => {
    const controller = new AbortController()
    const listeners = new Set<(progress: InstallProgress) => void>()
    const started: Job = {
      id,
      controller,
      listeners,
      progress: null,
      // Loaded when it is asked for: most starts unpack no wheel.
      done: import('./install')
        .then(({ installBuild }) =>
          installBuild(build(id), {
            ...{ cacheFolder, from, index: index ?? indexOf(env), signal: controller.signal },
            emit: (progress) => {
              started.progress = progress
              for (const listener of listeners) listener(progress)
            },
          }),
        )
        .finally(() => {
          if (job === started) job = undefined
        }),
    }
    // Told to whoever follows it.
    started.done.catch(() => undefined)
    return started
  }

  const view = async (): Promise<View> => {
    const choice = await readChoice(cacheFolder, env)
    const loads = await activeRuntime(cacheFolder, builds, choice.id)
    const runtimes = await Promise.all(builds.map((each) => viewOf(cacheFolder, each, choice.id)))
    const folder = runtimesFolder(cacheFolder)
    return {
      runtimes,
      chosenBy: choice.by,
      loads: loads.id,
      note: loads.note,
      folder,
      diskBytes: await sizeOnDisk(folder),
      freeBytes: await freeBytes(folder),
      installing: job === undefined ? null : { id: job.id, progress: job.progress },
    }
  }

  return {
    view,
    active,
    build,
    binding: async (id) => {
      const found = await activeRuntime(cacheFolder, builds, id)
      if (found.id === id) return found.binding
      throw new AppError('not-found', found.note, `Install it: ${typed(`runtime install ${id}`)}.`)
    },
    damagedFile: async (id, signal) => {
      // Set-up and the package hold the list of what came with the program.
      if (id === SHIPPED && (await isShipped())) return null
      const { folder, manifest } = await whole(id)
      return contentDamage(folder, manifest, signal)
    },
    install: (wish, signal) =>
      streamOfWork<InstallEvent>(async (emit, ended) => {
        build(wish.id)
        if (job !== undefined && job.id !== wish.id)
          throw new AppError(
            'conflict',
            `The runtime ${job.id} is being installed.`,
            'Wait until it is done, or cancel it.',
          )
        const joined = (job ??= begin(wish))
        // Where it stands, before the next step: a line that has stalled gives none.
        if (joined.progress !== null) emit(joined.progress)
        joined.listeners.add(emit)
        try {
          await joined.done
        } finally {
          joined.listeners.delete(emit)
        }
        if (!ended.aborted) emit({ type: 'finished', runtimes: await view() })
      }, signal),
    cancel: async () => {
      const ending = job
      ending?.controller.abort()
      await ending?.done.catch(() => undefined)
    },
    choose: async (id, adopt) => {
      const before = await holdingLock(choiceLock(cacheFolder), LOCK, async () => {
        if (id !== SHIPPED || !(await isShipped())) await whole(id)
        const found = await readChoice(cacheFolder, env)
        if (found.by === 'environment' && found.id !== id)
          throw new AppError(
            'conflict',
            `GPTNAS_RUNTIME=${found.id} in the environment decides which runtime is used.`,
            'Unset the variable, then choose.',
          )
        await keepChoice(cacheFolder, id)
        return found
      })
      try {
        await adopt()
      } catch (thrown) {
        await (before.by === 'user' ? keepChoice(cacheFolder, before.id) : forgetChoice(cacheFolder))
        throw thrown
      }
    },
    remove: async (id) => {
      const removing = async (): Promise<void> => {
        const { id: chosen } = await readChoice(cacheFolder, env)
        const folder = runtimeFolder(cacheFolder, build(id))
        const { diskBytes, state } = await viewOf(cacheFolder, build(id), chosen)
        if (diskBytes === 0)
          throw new AppError(
            'not-found',
            state === 'shipped'
              ? `The runtime ${id} came with the program and stays.`
              : `The runtime ${id} is not installed.`,
            `Look at "${typed('runtime list')}".`,
          )
        if (chosen === id && !(id === SHIPPED && (await isShipped())))
          throw new AppError(
            'conflict',
            `The runtime ${id} is the chosen one.`,
            `Choose another one first: ${typed(`runtime choose ${SHIPPED}`)}.`,
          )
        // Its list goes first: what is half-removed is never loaded.
        await rm(path.join(folder, MANIFEST), { force: true })
        for (const place of placesOf(cacheFolder, build(id))) await rm(place, { recursive: true, force: true })
      }
      // Nobody may install or choose it between the look and the end.
      await holdingLock(lockFile(cacheFolder), LOCK, () => holdingLock(choiceLock(cacheFolder), LOCK, removing))
    },
    pack: (id, file, signal) =>
      streamOfWork<PackEvent>(async (emit, ended) => {
        // The place first: what is in the way is named at once.
        const place = await safeFile(file)
        await refuseUnwritable(place)
        const { folder, manifest } = await whole(id)
        await refuseTooLittleSpace(`pack ${build(id).title}`, path.dirname(place), installedBytes(build(id)))
        let last = -Infinity
        const tell = (doneBytes: number, totalBytes: number): void => {
          if (performance.now() - last < 100 && doneBytes < totalBytes) return
          last = performance.now()
          emit({ type: 'progress', doneBytes, totalBytes })
        }
        await packRuntime(folder, build(id), manifest, place, tell, ended)
        emit({ type: 'finished', file: place, sizeBytes: (await stat(place)).size })
      }, signal),
    close: async () => {
      job?.controller.abort()
      await job?.done.catch(() => undefined)
    },
  }
}

/** Everything a build may take on the disk: itself, its half, and its downloads. */
function placesOf(cacheFolder: string, build: TensorFlowBuild): string[] {
  const folder = runtimeFolder(cacheFolder, build)
  const downloads = downloadsFolder(cacheFolder)
  const files = build.wheels.flatMap(({ file }) => [file, `${file}.part`].map((name) => path.join(downloads, name)))
  return [folder, stagingFolder(folder), ...files]
}

async function viewOf(cacheFolder: string, build: TensorFlowBuild, chosen: BuildId): Promise<RuntimeBuild> {
  const folder = runtimeFolder(cacheFolder, build)
  const manifest = await readManifest(folder, build)
  const damaged = manifest === undefined ? null : await damageOf(folder, manifest)
  const places = placesOf(cacheFolder, build)
  const sizes = await Promise.all(places.map((place) => sizeOnDisk(place)))
  const diskBytes = sizes.reduce((sum, size) => sum + size, 0)
  const comesWithProgram = build.id === SHIPPED && (await isShipped())
  const state = stateOf(manifest !== undefined, damaged, diskBytes > 0, comesWithProgram)
  return {
    id: build.id,
    title: build.title,
    version: build.version,
    isForCards: build.cuda !== null,
    state,
    found: damaged === null ? '' : `${damaged} is missing or not of its size`,
    isChosen: build.id === chosen,
    downloadBytes: downloadBytes(build),
    installedBytes: installedBytes(build),
    diskBytes,
    folder: state === 'installed' ? folder : null,
  }
}

function stateOf(
  hasManifest: boolean,
  damaged: string | null,
  hasParts: boolean,
  comesWithProgram: boolean,
): RuntimeBuild['state'] {
  if (comesWithProgram) return 'shipped'
  if (hasManifest) return damaged === null ? 'installed' : 'damaged'
  return hasParts ? 'partial' : 'absent'
}
