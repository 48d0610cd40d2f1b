// Installing a build: wheel by wheel into a folder beside its place, which gets its name when it is whole. Whatever ends in between, the
// next installation goes on with the wheel it stood at; nothing ever loads a folder that is not whole. One that is there is read to its
// last byte and mended wheel by wheel.
import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { InstallProgress } from '@shared/contract/runtimes'
import type { TensorFlowBuild, WheelPin } from '@shared/runtime/tensorflow-builds'
import { installedBytes } from '@shared/runtime/tensorflow-builds'
import { diskError, refuseTooLittleSpace } from '@node/disk'
import { makeFolder, syncFolder } from '@node/folders'
import { absolutePlace } from '@node/safe-target'
import { isAsPinned } from '../downloads/pinned-file'
import { downloadWheel } from './download'
import { downloadsFolder, LOCK, lockFile, MANIFEST, runtimeFolder, stagingFolder } from './layout'
import { holdingLock } from '../downloads/lock'
import {
  readManifest,
  removeStamp,
  removeStrays,
  stampOf,
  wheelDamage,
  writeManifest,
  writeStamp,
  type WheelStamp,
} from './manifest'
import { openArchive, type OpenedArchive } from './pack'
import { telling, type Telling } from './progress'
import { unpackWheel, wheelFiles } from './unpack'

export interface InstallOptions {
  readonly cacheFolder: string
  /** Wheels, folders with wheels, or one archive of `runtime pack`; empty: from the index. */
  readonly from: readonly string[]
  /** Address of a simple index; undefined for the public one. */
  readonly index: string | undefined
  readonly emit: (progress: InstallProgress) => void
  readonly signal: AbortSignal
  readonly pauseMs?: number
}

/**
 * @returns the folder of the runtime, which is whole
 * @throws AppError `conflict` while another program installs, `not-found` and `invalid-input` for files that are not the pinned ones,
 *   `runtime-missing` where a wheel cannot be had, `storage-failed`, `cancelled`
 */
export function installBuild(build: TensorFlowBuild, options: InstallOptions): Promise<string> {
  return holdingLock(lockFile(options.cacheFolder), LOCK, () => install(build, options))
}

async function install(build: TensorFlowBuild, options: InstallOptions): Promise<string> {
  const { cacheFolder, emit, signal } = options
  const folder = runtimeFolder(cacheFolder, build)
  const staging = stagingFolder(folder)
  const tell = telling(build.wheels, emit)
  if (await isFolder(folder)) {
    const damaged = await damagedWheels(folder, build, tell, signal)
    if (damaged.length === 0 && (await readManifest(folder, build)) !== undefined) return folder
    await openAgain(folder, staging, damaged)
  }
  makeFolder(staging)
  const stamps: WheelStamp[] = []
  const missing: WheelPin[] = []
  for (const pin of build.wheels) if ((await stampOf(staging, pin)) === undefined) missing.push(pin)
  await refuseTooLittleSpace(`install ${build.title}`, cacheFolder, roomFor(missing, options.from.length === 0))
  const source = await openSource(build, options, tell)
  try {
    for (const [index, pin] of build.wheels.entries()) {
      const stamp = (await stampOf(staging, pin)) ?? (await add(staging, pin, index, source, tell, signal))
      stamps.push(stamp)
      tell('checking', pin, 1, 1)
    }
  } catch (thrown) {
    throw await diskError(`install ${build.title}`, cacheFolder, installedBytes(build), thrown)
  } finally {
    await source.close()
  }
  await removeStrays(staging, stamps)
  await writeManifest(staging, build, stamps)
  await rm(folder, { recursive: true, force: true })
  await rename(staging, folder)
  await syncFolder(path.dirname(folder))
  return folder
}

/** Reads every byte of what is there. @returns the wheels that are not as pinned */
async function damagedWheels(
  folder: string,
  build: TensorFlowBuild,
  tell: Telling,
  signal: AbortSignal,
): Promise<WheelPin[]> {
  const damaged: WheelPin[] = []
  for (const pin of build.wheels) {
    const stamp = await stampOf(folder, pin)
    const read = (done: number): void => tell('verifying', pin, done, pin.keptBytes)
    if (stamp === undefined || (await wheelDamage(folder, stamp, read, signal)) !== null) damaged.push(pin)
  }
  return damaged
}

/** A runtime grows again from what is whole of it. Its list goes first: what is half-mended is never loaded. */
async function openAgain(folder: string, staging: string, damaged: readonly WheelPin[]): Promise<void> {
  await rm(path.join(folder, MANIFEST), { force: true })
  for (const pin of damaged) await removeStamp(folder, pin)
  await rm(staging, { recursive: true, force: true })
  await rename(folder, staging)
}

/** What is unpacked, and the largest wheel beside it: each goes when it is unpacked. */
function roomFor(missing: readonly WheelPin[], isDownloaded: boolean): number {
  const kept = missing.reduce((sum, { keptBytes }) => sum + keptBytes, 0)
  return kept + (isDownloaded ? Math.max(0, ...missing.map(({ bytes }) => bytes)) : 0)
}

/** Where wheels come from. */
interface Source {
  /** A wheel's checked file, and what to do with it once it is unpacked; or its files out of an archive. */
  take(pin: WheelPin, index: number): Promise<{ readonly files: ReturnType<typeof wheelFiles>; done(): Promise<void> }>
  close(): Promise<void>
}

async function add(
  staging: string,
  pin: WheelPin,
  index: number,
  source: Source,
  tell: Telling,
  signal: AbortSignal,
): Promise<WheelStamp> {
  const { files, done } = await source.take(pin, index)
  const stamp = await unpackWheel(files, pin, staging, tell, signal)
  await writeStamp(staging, pin, stamp)
  await done()
  return stamp
}

async function openSource(build: TensorFlowBuild, options: InstallOptions, tell: Telling): Promise<Source> {
  if (options.from.length > 0) return openFiles(build, options, tell)
  const folder = downloadsFolder(options.cacheFolder)
  return {
    take: async (pin) => {
      const file = await downloadWheel(pin, { ...options, folder, tell })
      return { files: wheelFiles(file), done: () => rm(file, { force: true }) }
    },
    close: () => Promise.resolve(),
  }
}

async function openFiles(build: TensorFlowBuild, { from, signal }: InstallOptions, tell: Telling): Promise<Source> {
  const places = from.map((place) => absolutePlace(place, 'file'))
  const [only = ''] = places
  if (places.length === 1 && !(await isFolder(only)) && !only.endsWith('.whl'))
    return fromArchive(build, await openArchive(only, signal))
  const found = new Map<string, string>()
  for (const pin of build.wheels) {
    const file = await findFile(places, pin.file)
    if (file !== undefined) found.set(pin.file, file)
  }
  return {
    take: async (pin) => {
      const file = found.get(pin.file)
      if (file === undefined) throw notAmong(build, pin, found)
      if (!(await isAsPinned(file, pin, { tell: (step, done, total) => tell(step, pin, done, total), signal })))
        throw new AppError(
          'invalid-input',
          `${file} is not the pinned wheel: ${pin.bytes} bytes with SHA-256 ${pin.sha256} were expected.`,
          'It was cut off, damaged or is another build: fetch it again.',
        )
      // The user's own file stays where it is.
      return { files: wheelFiles(file), done: () => Promise.resolve() }
    },
    close: () => Promise.resolve(),
  }
}

function fromArchive(build: TensorFlowBuild, archive: OpenedArchive): Source {
  if (archive.id !== build.id || archive.version !== build.version)
    throw new AppError(
      'invalid-input',
      `The archive holds ${archive.id.slice(0, 40)} ${archive.version.slice(0, 40)}; ${build.id} ${build.version} was expected.`,
      'Pack the runtime with the same version of the workbench.',
    )
  return {
    take: (_pin, index) =>
      Promise.resolve({
        files: archive.filesOf(index) as ReturnType<typeof wheelFiles>,
        done: () => Promise.resolve(),
      }),
    close: () => archive.close(),
  }
}

const isFolder = (place: string): Promise<boolean> =>
  stat(place).then(
    (info) => info.isDirectory(),
    () => false,
  )

async function findFile(places: readonly string[], name: string): Promise<string | undefined> {
  for (const place of places) {
    const file = (await isFolder(place)) ? path.join(place, name) : path.basename(place) === name ? place : undefined
    const isThere =
      file !== undefined &&
      (await stat(file).then(
        (info) => info.isFile(),
        () => false,
      ))
    if (isThere) return file
  }
  return undefined
}

function notAmong(build: TensorFlowBuild, pin: WheelPin, found: ReadonlyMap<string, string>): AppError {
  const missing = build.wheels.filter(({ file }) => !found.has(file)).length
  const more = missing > 1 ? ` and ${missing - 1} more of the ${build.wheels.length} wheels are` : ' is'
  return new AppError(
    'not-found',
    `${pin.file}${more} not among the files.`,
    `Fetch it where there is a network: https://pypi.org/project/${pin.name}/${pin.version}/#files.`,
  )
}
