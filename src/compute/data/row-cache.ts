// A bounded part of a file's rows in memory. The rows that come first stay: an epoch asks for each row once, in an order of its
// own, so no row is likelier to be next than another, and one that was just used is the last to come again (where LRU would keep it).
import { MIB } from '@shared/units'

/** Memory is taken in pieces of about so much (chosen), as it fills: one array of gigabytes may be refused. */
const BLOCK_BYTES = 16 * MIB

export class RowCache {
  /** Place of each row, or -1. */
  private readonly places: Int32Array
  private readonly blocks: Uint8Array[] = []
  private readonly rowsPerBlock: number
  private readonly capacity: number
  private used = 0

  /** @param limitBytes of pixels; less than a row keeps nothing */
  constructor(
    rows: number,
    private readonly rowBytes: number,
    limitBytes: number,
  ) {
    this.places = new Int32Array(rows).fill(-1)
    this.rowsPerBlock = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes))
    this.capacity = Math.min(rows, Math.max(0, Math.floor(limitBytes / rowBytes)))
  }

  /** The row's pixels, which must not be changed, or null where they are not kept. */
  get(row: number): Uint8Array | null {
    const place = this.places[row]!
    return place < 0 ? null : this.at(place)
  }

  /** Keeps a copy where there is room. */
  offer(row: number, pixels: Uint8Array): void {
    if (this.used >= this.capacity || this.places[row]! >= 0) return
    const place = this.used++
    if (place % this.rowsPerBlock === 0)
      this.blocks.push(new Uint8Array(Math.min(this.rowsPerBlock, this.capacity - place) * this.rowBytes))
    this.at(place).set(pixels)
    this.places[row] = place
  }

  private at(place: number): Uint8Array {
    const start = (place % this.rowsPerBlock) * this.rowBytes
    return this.blocks[Math.floor(place / this.rowsPerBlock)]!.subarray(start, start + this.rowBytes)
  }
}
