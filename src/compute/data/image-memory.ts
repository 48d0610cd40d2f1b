// Do a training's images lie in memory, or are they read as it goes, and how many of them are kept then? Decided from sizes alone.
import { constants } from 'node:buffer'
import type { SplitFiles } from '@shared/contract/compute'
import { MIB } from '@shared/units'
import { readAheadBytes } from './read-ahead'
import { residentData } from './resident-data'
import { readRows, rowBytesOf } from './split-data'
import { streamedData } from './streamed-data'
import type { TrainingData } from './training-data'

/** Most MiB of images in memory, where a person has set it. */
const VARIABLE = 'GPTNAS_IMAGE_MEMORY_MIB'
/**
 * Of the memory available (chosen): images held are there twice while a session is made, and another compute may start next to
 * this one. Reading as it goes costs little (bench:streaming), so there is no need to fill the machine.
 */
const IMAGE_SHARE = 0.25
/** A label as it was read, as int32 in a session, and a place in the cache. */
const BYTES_BESIDE_AN_IMAGE = 10

/** Bytes. @param available to this process */
export function imageMemory(available: number, environment: NodeJS.ProcessEnv = process.env): number {
  const set = environment[VARIABLE]
  const mebibytes = set === undefined || set.trim() === '' ? NaN : Number(set)
  return mebibytes >= 0 ? mebibytes * MIB : IMAGE_SHARE * available
}

export interface Images {
  readonly count: number
  readonly rowBytes: number
}

const residentBytes = ({ count, rowBytes }: Images): number => count * (2 * rowBytes + BYTES_BESIDE_AN_IMAGE)
const streamedBytes = ({ count, rowBytes }: Images, largestBatch: number): number =>
  readAheadBytes(rowBytes, largestBatch) + count * BYTES_BESIDE_AN_IMAGE

/** One array holds them all when they are resident: no longer than this runtime lets an array be. */
const mayReside = ({ count, rowBytes }: Images, limit: number): boolean =>
  count * rowBytes <= Math.min(limit, constants.MAX_LENGTH)

/**
 * Bytes without which a training cannot have its images at all.
 * @param largestBatch images of the larger step, of training or of evaluation
 * @param limit see `imageMemory`
 */
export function leastBytes(images: Images, largestBatch: number, limit: number): number {
  const streamed = streamedBytes(images, largestBatch)
  return mayReside(images, limit) ? Math.min(streamed, residentBytes(images)) : streamed
}

/**
 * Bytes to keep of streamed images; null where all are to be resident. Takes what `leastBytes` takes.
 * @param room bytes for images, after what the network needs
 */
export function cacheFor(images: Images, largestBatch: number, limit: number, room: number): number | null {
  if (mayReside(images, limit) && residentBytes(images) <= room) return null
  return Math.floor(Math.max(0, Math.min(limit, room - streamedBytes(images, largestBatch))))
}

/** @param cacheBytes see `cacheFor`. @throws AppError `dataset-damaged` */
export async function openData(data: SplitFiles, rows: Int32Array, cacheBytes: number | null): Promise<TrainingData> {
  return cacheBytes === null ? residentData(await readRows(data, rows)) : streamedData(data, rows, cacheBytes)
}

export const imagesOf = (data: SplitFiles, rows: Int32Array): Images => ({
  count: rows.length,
  rowBytes: rowBytesOf(data),
})
