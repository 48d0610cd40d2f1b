// Bytes of a PNG or JPEG file to pixels. What it is comes from the bytes, not from the name; size is looked at before decoding,
// so that a small file cannot ask for gigabytes.
import { PNG } from 'pngjs'
import { MIB } from '@shared/units'
import { decodeJpeg, jpegHeader } from './jpeg'
import type { Raster } from './resample'
import { UnreadableImage } from './unreadable-image'

/** 8000 x 8000: twice the largest photographs of ImageNet, and a quarter of a gigabyte once decoded. */
export const MAX_PIXELS = 64e6
/** Nothing that decodes to MAX_PIXELS is larger. */
export const MAX_FILE_BYTES = 256 * MIB

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

export interface ImageHeader {
  readonly format: 'png' | 'jpeg'
  readonly height: number
  readonly width: number
}

/** @throws UnreadableImage when it is neither PNG nor JPEG, or larger than an image may be */
export function imageHeader(bytes: Uint8Array): ImageHeader {
  const header = readHeader(bytes)
  const { height, width } = header
  if (height === 0 || width === 0) throw new UnreadableImage('has no pixels')
  if (height * width > MAX_PIXELS) {
    throw new UnreadableImage(`has ${width} x ${height} pixels, more than ${MAX_PIXELS / 1e6} million`)
  }
  return header
}

function readHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length === 0) throw new UnreadableImage('is empty')
  if (PNG_SIGNATURE.every((byte, index) => bytes[index] === byte)) {
    if (bytes.length < 24) throw new UnreadableImage('is a PNG without a header')
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) }
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return { format: 'jpeg', ...jpegHeader(bytes) }
  throw new UnreadableImage('is neither PNG nor JPEG')
}

/** Grey (JPEG only) or RGB; transparency is dropped, as Pillow's convert("RGB") does. @throws UnreadableImage */
export async function decodeImage(bytes: Buffer): Promise<Raster> {
  return imageHeader(bytes).format === 'jpeg' ? decodeJpeg(bytes) : decodePng(bytes)
}

/** What the reader of PNG says, where that says anything: of a file cut short it tells of its own queue. */
function damageText(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return /read requests|unexpected end/i.test(text) ? 'it is cut short' : text
}

function decodePng(bytes: Buffer): Raster {
  let png: PNG
  try {
    png = PNG.sync.read(bytes)
  } catch (cause) {
    throw new UnreadableImage(`is a damaged PNG: ${damageText(cause)}`, { cause })
  }
  const count = png.height * png.width
  const pixels = new Uint8Array(count * 3)
  for (let pixel = 0; pixel < count; pixel++) {
    pixels[pixel * 3] = png.data[pixel * 4]!
    pixels[pixel * 3 + 1] = png.data[pixel * 4 + 1]!
    pixels[pixel * 3 + 2] = png.data[pixel * 4 + 2]!
  }
  return { height: png.height, width: png.width, channels: 3, pixels }
}
