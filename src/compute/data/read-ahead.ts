// Reads the batches of a known order ahead of their use: groups of batches, one in use and one being read.
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import type { ImageFile, Wanted } from './image-file'
import type { RowCache } from './row-cache'

/**
 * Batches are read in groups of about so many bytes, in the order of the file (chosen: ten batches of 128 CIFAR images, few
 * enough that issuing their reads does not hold up a step).
 */
const GROUP_BYTES = 4 * MIB

/** Most bytes that the two groups take. */
export const readAheadBytes = (rowBytes: number, largestBatch: number): number =>
  2 * Math.max(GROUP_BYTES, rowBytes * largestBatch)

export interface ReadBatch {
  /** Pixels of `positions` in that order; overwritten after the next batch is asked for. */
  readonly pixels: Uint8Array
  readonly positions: Int32Array
}

export class ReadAhead {
  /** Two groups' pixels, each as large as it ever had to be. */
  private readonly buffers: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)]
  private isReading = false

  /** @param rows of the file, by position */
  constructor(
    private readonly rows: Int32Array,
    private readonly rowBytes: number,
    private readonly file: ImageFile,
    private readonly cache: RowCache,
  ) {}

  /** See `TrainingData.batches`. However it ends, no read is under way afterwards. */
  async *batches(positions: Int32Array, batchSize: number): AsyncGenerator<ReadBatch, void, undefined> {
    if (this.isReading) throw new Error('The batches before are still being read')
    this.isReading = true
    const batchBytes = batchSize * this.rowBytes
    const groupSize = batchSize * Math.max(1, Math.floor(GROUP_BYTES / batchBytes))
    let reading = this.load(positions.subarray(0, groupSize), 0)
    try {
      for (let start = 0, group = 0; start < positions.length; start += groupSize, group++) {
        const pixels = await valueOf(reading)
        const following = start + groupSize
        // Begun before a batch of this group is handed out, because the step that takes it lets nothing else begin.
        reading = this.load(positions.subarray(following, following + groupSize), group + 1)
        const end = Math.min(following, positions.length)
        for (let at = start; at < end; at += batchSize) {
          const offset = (at - start) * this.rowBytes
          yield {
            pixels: pixels.subarray(offset, offset + batchBytes),
            positions: positions.subarray(at, at + batchSize),
          }
        }
      }
    } finally {
      await reading
      this.isReading = false
    }
  }

  /** Never rejects: nobody may be waiting for it when it fails. */
  private async load(positions: Int32Array, group: number): Promise<Loaded> {
    const pixels = this.bufferFor(group, positions.length * this.rowBytes)
    const wanted: Wanted[] = []
    const arrived: { readonly position: number; readonly target: Uint8Array }[] = []
    positions.forEach((position, i) => {
      const target = pixels.subarray(i * this.rowBytes, (i + 1) * this.rowBytes)
      const kept = this.cache.get(position)
      if (kept) target.set(kept)
      else {
        wanted.push({ row: this.rows[position]!, target })
        arrived.push({ position, target })
      }
    })
    try {
      await this.file.read(wanted)
    } catch (thrown) {
      return { problem: thrown }
    }
    for (const { position, target } of arrived) this.cache.offer(position, target)
    return { pixels }
  }

  private bufferFor(group: number, bytes: number): Uint8Array {
    const which = (group % 2) as 0 | 1
    if (this.buffers[which].length < bytes) this.buffers[which] = new Uint8Array(bytes)
    return this.buffers[which]
  }
}

type Loaded = { readonly pixels: Uint8Array } | { readonly problem: unknown }

async function valueOf(reading: Promise<Loaded>): Promise<Uint8Array> {
  const loaded = await reading
  if ('pixels' in loaded) return loaded.pixels
  throw loaded.problem instanceof AppError
    ? loaded.problem
    : new AppError('internal', `Reading images failed: ${String(loaded.problem)}`, undefined, { cause: loaded.problem })
}
