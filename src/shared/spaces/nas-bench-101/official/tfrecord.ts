// TFRecord framing: length (8 bytes, little endian), masked CRC of the length, data, masked CRC of the data. Fed piece by
// piece, because NAS-Bench-101's files have up to 2 GB.
import { MIB } from '../../../units'
import { AppError } from '../../../errors'
import { maskedCrc32c } from './crc32c'

/** Length and its checksum; the data's checksum has 4 bytes. */
const HEADER = 12
const FOOTER = 4
/** NAS-Bench-101's rows have about 1 KB; a larger length is a damaged one that happens to have the right checksum. */
const MAX_LENGTH = 16 * MIB

const damaged = (at: number, reason: string): AppError =>
  new AppError(
    'invalid-input',
    `TFRecord file, record at byte ${at}: ${reason}.`,
    'Download the file again and compare its size with the one on the download page.',
  )

export class RecordReader {
  #rest: Uint8Array = new Uint8Array(0)
  /** Byte of the file at which `#rest` starts. */
  #offset = 0;

  /** The records that are complete with this piece. @throws AppError `invalid-input` with the byte of a damaged record */
  *push(piece: Uint8Array): Generator<Uint8Array> {
    const bytes = new Uint8Array(this.#rest.length + piece.length)
    bytes.set(this.#rest)
    bytes.set(piece, this.#rest.length)
    const view = new DataView(bytes.buffer)
    let at = 0
    while (bytes.length - at >= HEADER) {
      const place = this.#offset + at
      if (view.getUint32(at + 8, true) !== maskedCrc32c(bytes.subarray(at, at + 8)))
        throw damaged(place, 'the checksum of its length is wrong')
      const length = Number(view.getBigUint64(at, true))
      if (length > MAX_LENGTH) throw damaged(place, `it has ${length} bytes, expected at most ${MAX_LENGTH}`)
      if (bytes.length - at < HEADER + length + FOOTER) break
      const data = bytes.subarray(at + HEADER, at + HEADER + length)
      if (view.getUint32(at + HEADER + length, true) !== maskedCrc32c(data))
        throw damaged(place, 'the checksum of its data is wrong')
      at += HEADER + length + FOOTER
      yield data
    }
    this.#rest = bytes.slice(at)
    this.#offset += at
  }

  /** To be called behind the last piece. @throws AppError when the file ends within a record */
  end(): void {
    if (this.#rest.length > 0) throw damaged(this.#offset, 'the file ends within it')
  }
}
