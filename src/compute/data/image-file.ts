// The open file of a split's pixels, read in parts by threads beside the event loop, so that reading goes on while a step runs.
import type { FileHandle } from 'node:fs/promises'
import type { SplitFiles } from '@shared/contract/compute'
import { damaged, openImages, rowBytesOf } from './split-data'

/** Where a row of the file goes. */
export interface Wanted {
  readonly row: number
  /** A row long. */
  readonly target: Uint8Array
}

/** Most buffers that one `readv` takes on Linux (IOV_MAX). */
const LONGEST_STRETCH = 1024

/** Rows that lie next to one another and are read in one call. */
interface Stretch {
  readonly first: number
  readonly targets: Uint8Array[]
}

interface Reads {
  readonly stretches: readonly Stretch[]
  /** Rows wanted twice are read once. */
  readonly copies: readonly (readonly [from: Uint8Array, to: Uint8Array])[]
}

function readsOf(wanted: readonly Wanted[]): Reads {
  const stretches: Stretch[] = []
  const copies: [Uint8Array, Uint8Array][] = []
  for (const { row, target } of [...wanted].sort((a, b) => a.row - b.row)) {
    const open = stretches[stretches.length - 1]
    const next = open ? open.first + open.targets.length : -1
    if (open && row === next - 1) copies.push([open.targets[open.targets.length - 1]!, target])
    else if (open && row === next && open.targets.length < LONGEST_STRETCH) open.targets.push(target)
    else stretches.push({ first: row, targets: [target] })
  }
  return { stretches, copies }
}

export class ImageFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly rowBytes: number,
  ) {}

  /** @throws AppError `dataset-damaged` where the file is not there or of another size. */
  static async open(data: SplitFiles): Promise<ImageFile> {
    return new ImageFile(await openImages(data), data.images, rowBytesOf(data))
  }

  /**
   * Every read is issued before this returns, in the order of the file. A target must not be used before the promise is settled.
   * @throws AppError `dataset-damaged`, after all reads have ended
   */
  async read(wanted: readonly Wanted[]): Promise<void> {
    const { stretches, copies } = readsOf(wanted)
    const outcomes = await Promise.allSettled(stretches.map((stretch) => this.readStretch(stretch)))
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    for (const [from, to] of copies) to.set(from)
  }

  close(): Promise<void> {
    return this.file.close()
  }

  private async readStretch({ first, targets }: Stretch): Promise<void> {
    const length = targets.length * this.rowBytes
    let bytesRead: number
    try {
      bytesRead = (await this.file.readv(targets, first * this.rowBytes)).bytesRead
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw damaged(`Could not read image ${first} of ${this.path} in the middle of training: ${reason}.`, cause)
    }
    if (bytesRead === length) return
    const image = first + Math.floor(bytesRead / this.rowBytes)
    throw damaged(
      `${this.path} ended in image ${image} when it was read in the middle of training: it was whole before.`,
    )
  }
}
