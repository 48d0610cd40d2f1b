// The work of a decoder on a few images: read, decode, fit, fingerprint. Runs in a worker thread, and in place for tests.
import { errorCode } from '@node/file-error'
import { fill, openToRead } from '@node/read-file'
import { errorData } from '@shared/errors'
import { decodeImage, MAX_FILE_BYTES } from './decode'
import { imageHeader, type ImageHeader } from './header'
import type { Remark } from './remarks'
import { emptyHistogram, type Histogram } from '../statistics'
import { fingerprintOf, THUMBNAIL_BYTES } from './fingerprint'
import { fitImage, type Target } from './fit'
import type { Raster } from './resample'
import { UnreadableImage } from './unreadable-image'

/** A file to decode, or pixels that a format holds as they are. */
export type ImageSource = { readonly file: string } | Raster

export interface Batch {
  readonly sources: readonly ImageSource[]
  /** Whose pixels count for mean and deviation. */
  readonly isCounted: readonly boolean[]
  readonly target: Target
}

/** Of the image at the same position; `height` and `width` as they were before fitting. */
export type Outcome =
  | { readonly ok: true; readonly height: number; readonly width: number; readonly remarks: readonly Remark[] }
  | { readonly ok: false; readonly reason: string }

/** Of the images that are ok, in order. */
export interface Prepared {
  readonly outcomes: readonly Outcome[]
  /** `[count, height, width, channels]` */
  readonly pixels: Uint8Array
  readonly prints: Prints
  readonly histogram: Histogram
}

/** Fingerprints of many images. */
export interface Prints {
  readonly looks: BigUint64Array
  readonly exacts: BigUint64Array
  /** THUMBNAIL_BYTES for each image. */
  readonly thumbnails: Uint8Array
}

export async function prepareBatch({ sources, isCounted, target }: Batch): Promise<Prepared> {
  const [height, width, channels] = target.shape
  const imageBytes = height * width * channels
  const pixels = new Uint8Array(sources.length * imageBytes)
  const looks = new BigUint64Array(sources.length)
  const exacts = new BigUint64Array(sources.length)
  const thumbnails = new Uint8Array(sources.length * THUMBNAIL_BYTES)
  const histogram = emptyHistogram(channels)
  const outcomes: Outcome[] = []
  let count = 0
  for (const [index, source] of sources.entries()) {
    try {
      const { image, remarks } =
        'file' in source ? await decodeImage(await readImageFile(source.file)) : { image: source, remarks: [] }
      const fitted = fitImage(image, target)
      const print = fingerprintOf({ height, width, channels, pixels: fitted })
      pixels.set(fitted, count * imageBytes)
      looks[count] = print.look
      exacts[count] = print.exact
      thumbnails.set(print.thumbnail, count * THUMBNAIL_BYTES)
      if (isCounted[index] === true) countValues(fitted, histogram)
      count++
      outcomes.push({ ok: true, height: image.height, width: image.width, remarks })
    } catch (thrown) {
      outcomes.push({ ok: false, reason: reasonOf(thrown) })
    }
  }
  return {
    outcomes,
    pixels: pixels.slice(0, count * imageBytes),
    prints: {
      looks: looks.slice(0, count),
      exacts: exacts.slice(0, count),
      thumbnails: thumbnails.slice(0, count * THUMBNAIL_BYTES),
    },
    histogram,
  }
}

function countValues(pixels: Uint8Array, histogram: Histogram): void {
  const channels = histogram.length
  for (const [channel, counts] of histogram.entries()) {
    for (let at = channel; at < pixels.length; at += channels) counts[pixels[at]!]!++
  }
}

/** What an image file is, from its first bytes. @throws UnreadableImage */
export async function probeImageFile(file: string): Promise<ImageHeader> {
  // The header of a JPEG comes after its metadata: thumbnails and colour profiles of up to 64 KB each.
  const start = await readImageFile(file, 256 * 1024)
  const isTiff = /^(II\*\0|MM\0\*)/.test(start.toString('latin1', 0, 4))
  // A TIFF may keep its header at its end.
  return imageHeader(isTiff ? await readImageFile(file) : start)
}

async function readImageFile(file: string, limit = Infinity): Promise<Buffer> {
  const { handle, size } = await openToRead(file, { what: 'image' })
  try {
    if (size > MAX_FILE_BYTES) throw new UnreadableImage(`has ${size} bytes, more than an image may have`)
    const bytes = Buffer.alloc(Math.min(size, limit))
    return bytes.subarray(0, await fill(handle, bytes, 0))
  } finally {
    await handle.close()
  }
}

/** Anything that one image can do wrong is that image's problem. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof UnreadableImage) return thrown.message
  // Of what the system refuses the code: its words repeat the whole path.
  return `cannot be read (${errorCode(thrown) || errorData(thrown).message})`
}
