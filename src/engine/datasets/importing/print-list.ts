// Fingerprints of a split as they come: 88 bytes for each image in three growing arrays, and nothing else that lasts.
import type { Prints } from '../images/batch'
import { THUMBNAIL_BYTES } from '../images/fingerprint'

export class PrintList {
  private count = 0
  private looks = new BigUint64Array(1024)
  private exacts = new BigUint64Array(1024)
  private thumbnails = new Uint8Array(1024 * THUMBNAIL_BYTES)

  /** Appends the one at `position` of `prints`. */
  add(prints: Prints, position: number): void {
    if (this.count === this.looks.length) this.grow()
    this.looks[this.count] = prints.looks[position]!
    this.exacts[this.count] = prints.exacts[position]!
    const from = position * THUMBNAIL_BYTES
    this.thumbnails.set(prints.thumbnails.subarray(from, from + THUMBNAIL_BYTES), this.count * THUMBNAIL_BYTES)
    this.count++
  }

  /** All so far; views that the next `add` may leave behind. */
  all(): Prints {
    return {
      looks: this.looks.subarray(0, this.count),
      exacts: this.exacts.subarray(0, this.count),
      thumbnails: this.thumbnails.subarray(0, this.count * THUMBNAIL_BYTES),
    }
  }

  private grow(): void {
    const { looks, exacts, thumbnails } = this
    this.looks = new BigUint64Array(looks.length * 2)
    this.exacts = new BigUint64Array(exacts.length * 2)
    this.thumbnails = new Uint8Array(thumbnails.length * 2)
    this.looks.set(looks)
    this.exacts.set(exacts)
    this.thumbnails.set(thumbnails)
  }
}
