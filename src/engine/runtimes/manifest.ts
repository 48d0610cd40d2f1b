// What says that a runtime is whole: a list of its files with their sizes, written last. Sizes alone, because hashing gigabytes at every
// start would cost seconds; `contentHash` is the deep check.
import { lstat, readdir, rm } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import type { TensorFlowBuild, WheelPin } from '@shared/runtime/tensorflow-builds'
import { readJson } from '@node/json-file'
import { sha256OfFile, writeFileWhole } from '@node/whole-file'
import { keptPlace, MANIFEST, STAMPS } from './layout'

const FORMAT = 'gptnas-runtime/1'

const stampSchema = z.object({
  file: z.string(),
  sha256: z.string(),
  /** Bytes by place in the runtime. */
  files: z.record(z.string(), z.number().int().nonnegative()),
  /** Of each kept entry by its name in the wheel: what `keptSha256` is made of. */
  entries: z.record(z.string(), z.string()),
})
export type WheelStamp = z.infer<typeof stampSchema>

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  id: z.string(),
  version: z.string(),
  installedAt: z.string(),
  wheels: z.array(stampSchema),
})
export type Manifest = z.infer<typeof manifestSchema>

const stampFile = (staging: string, pin: WheelPin): string => path.join(staging, STAMPS, `${pin.file}.json`)

export async function writeStamp(staging: string, pin: WheelPin, stamp: WheelStamp): Promise<void> {
  await writeFileWhole(stampFile(staging, pin), JSON.stringify(stamp))
}

/** The stamp of a wheel that lies unpacked and whole in `staging`; undefined for any other. */
export async function stampOf(staging: string, pin: WheelPin): Promise<WheelStamp | undefined> {
  try {
    const stamp = stampSchema.parse(await readJson(stampFile(staging, pin)))
    return isOfPin(stamp, pin) && (await hasAll(staging, stamp.files)) ? stamp : undefined
  } catch {
    return undefined // not there, or half-written: the wheel is unpacked again
  }
}

/** Whether a list is the pin's, hash by hash: one that says otherwise was not written by an installation. */
function isOfPin({ sha256, files, entries }: WheelStamp, pin: WheelPin): boolean {
  const places = Object.keys(entries).map(keptPlace)
  const isComplete =
    places.length === Object.keys(files).length && places.every((place) => place !== null && place in files)
  return sha256 === pin.sha256 && isComplete && keptHash(entries) === pin.keptSha256
}

/** Forgets that a wheel is whole: it is unpacked again. */
export const removeStamp = (staging: string, pin: WheelPin): Promise<void> =>
  rm(stampFile(staging, pin), { force: true })

export async function writeManifest(
  folder: string,
  { id, version }: TensorFlowBuild,
  wheels: readonly WheelStamp[],
): Promise<void> {
  const manifest: Manifest = { format: FORMAT, id, version, installedAt: new Date().toISOString(), wheels: [...wheels] }
  await writeFileWhole(path.join(folder, MANIFEST), JSON.stringify(manifest))
}

/** The list of a runtime; undefined where there is none that can be read, or it is of another build. */
export async function readManifest(folder: string, build: TensorFlowBuild): Promise<Manifest | undefined> {
  try {
    const manifest = manifestSchema.parse(await readJson(path.join(folder, MANIFEST)))
    const isOfBuild = build.wheels.every((pin) => manifest.wheels.some((stamp) => isOfPin(stamp, pin)))
    return isOfBuild && manifest.wheels.length === build.wheels.length ? manifest : undefined
  } catch {
    return undefined
  }
}

/** The first file of a runtime that is missing or not of its size; null where it is whole. */
export async function damageOf(folder: string, manifest: Manifest): Promise<string | null> {
  for (const { files } of manifest.wheels)
    for (const [place, size] of Object.entries(files))
      if (!(await isOfSize(path.join(folder, place), size))) return place
  return null
}

/** One hash over names and hashes of what is kept of a wheel: lines `HASH  NAME`, sorted by name. */
export function keptHash(entries: Readonly<Record<string, string>>): string {
  const lines = Object.entries(entries).map(([name, hash]) => `${hash}  ${name}\n`)
  // Code units, as every language sorts ASCII names.
  lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1))
  return createHash('sha256').update(lines.join('')).digest('hex')
}

/** Reads every byte of a runtime: the first file whose content is not the pinned one, or null. */
export async function contentDamage(folder: string, manifest: Manifest, signal: AbortSignal): Promise<string | null> {
  for (const stamp of manifest.wheels) {
    const damaged = await wheelDamage(folder, stamp, () => undefined, signal)
    if (damaged !== null) return damaged
  }
  return null
}

/**
 * The same for one wheel, whose list is the pin's.
 * @param tell receives bytes read so far
 * @throws AppError `cancelled`
 */
export async function wheelDamage(
  folder: string,
  { entries, files }: WheelStamp,
  tell: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<string | null> {
  let done = 0
  for (const [name, hash] of Object.entries(entries)) {
    const place = keptPlace(name)
    if (place === null) return name
    const found = await sha256OfFile(path.join(folder, place), signal).catch((thrown: unknown) => {
      if (signal.aborted) throw thrown
      return null // gone, or unreadable
    })
    if (found !== hash) return place
    tell((done += files[place] ?? 0))
  }
  return null
}

async function hasAll(folder: string, files: Readonly<Record<string, number>>): Promise<boolean> {
  for (const [place, size] of Object.entries(files)) if (!(await isOfSize(path.join(folder, place), size))) return false
  return true
}

const isOfSize = (file: string, size: number): Promise<boolean> =>
  lstat(file).then(
    (info) => info.isFile() && info.size === size,
    () => false,
  )

/** Removes what no stamp names: halves of files that a killed installation left. Stamps stay: a kill before the last step costs nothing. */
export async function removeStrays(staging: string, stamps: readonly WheelStamp[]): Promise<void> {
  const known = new Set(stamps.flatMap(({ files }) => Object.keys(files)))
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(path.join(staging, below), { withFileTypes: true })) {
      const place = path.posix.join(below, entry.name)
      if (entry.isDirectory()) await visit(place)
      else if (!known.has(place) && !place.startsWith(`${STAMPS}/`))
        await rm(path.join(staging, place), { force: true })
    }
  }
  await visit('')
}
