// What an image file is, and how large, from its first bytes and not from its name: looked at before anything is decoded, so that a
// small file cannot ask for gigabytes.
import { jpegHeader } from './jpeg'
import { firstPage, tiffNumber } from './tiff'
import { UnreadableImage } from './unreadable-image'

/** 8000 x 8000: twice the largest photographs of ImageNet, and a quarter of a gigabyte once decoded. */
const MAX_PIXELS = 64e6

export const IMAGE_FORMATS = ['png', 'jpeg', 'gif', 'bmp', 'webp', 'tiff'] as const
export type ImageFormat = (typeof IMAGE_FORMATS)[number]

export interface ImageHeader {
  readonly format: ImageFormat
  readonly height: number
  readonly width: number
  /** Stored as grey values; a palette counts as colour. */
  readonly isGrey: boolean
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** @throws UnreadableImage when it is none of the formats, or larger than an image may be */
export function imageHeader(bytes: Buffer): ImageHeader {
  const header = readHeader(bytes)
  const { height, width } = header
  if (height === 0 || width === 0) throw new UnreadableImage('has no pixels')
  if (height * width > MAX_PIXELS) {
    throw new UnreadableImage(`has ${width} x ${height} pixels, more than ${MAX_PIXELS / 1e6} million`)
  }
  return header
}

function readHeader(bytes: Buffer): ImageHeader {
  if (bytes.length === 0) throw new UnreadableImage('is empty')
  const text = bytes.toString('latin1', 0, 12)
  if (PNG_SIGNATURE.every((byte, index) => bytes[index] === byte)) return pngHeader(bytes)
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    const { height, width, channels } = jpegHeader(bytes)
    return { format: 'jpeg', height, width, isGrey: channels === 1 }
  }
  if (/^GIF8[79]a/.test(text)) return ofEnough(bytes, 10, 'GIF', () => gifHeader(bytes))
  if (text.startsWith('BM')) return ofEnough(bytes, 26, 'BMP', () => bmpHeader(bytes))
  if (/^RIFF....WEBP$/s.test(text)) return ofEnough(bytes, 30, 'WebP', () => webpHeader(bytes))
  if (/^(II\*\0|MM\0\*)/.test(text)) return tiffHeader(bytes)
  throw new UnreadableImage('is no PNG, JPEG, GIF, BMP, WebP or TIFF')
}

function ofEnough(bytes: Buffer, least: number, name: string, read: () => ImageHeader): ImageHeader {
  if (bytes.length < least) throw new UnreadableImage(`is a ${name} without a header`)
  return read()
}

function pngHeader(bytes: Buffer): ImageHeader {
  return ofEnough(bytes, 26, 'PNG', () => ({
    format: 'png',
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    // Colour types 0 and 4 (PNG specification, 11.2.1).
    isGrey: bytes[25] === 0 || bytes[25] === 4,
  }))
}

const gifHeader = (bytes: Buffer): ImageHeader => ({
  format: 'gif',
  width: bytes.readUInt16LE(6),
  height: bytes.readUInt16LE(8),
  isGrey: false,
})

/** A header of 12 bytes is OS/2's, with sizes of two bytes; a negative height says that rows come from the top. */
function bmpHeader(bytes: Buffer): ImageHeader {
  const isOld = bytes.readUInt32LE(14) === 12
  const width = isOld ? bytes.readUInt16LE(18) : Math.abs(bytes.readInt32LE(18))
  const height = isOld ? bytes.readUInt16LE(20) : Math.abs(bytes.readInt32LE(22))
  return { format: 'bmp', width, height, isGrey: false }
}

/** RFC 9649: lossy (VP8), lossless (VP8L) and extended (VP8X) files keep their size in three ways. */
function webpHeader(bytes: Buffer): ImageHeader {
  const kind = bytes.toString('latin1', 12, 16)
  const at = (width: number, height: number): ImageHeader => ({ format: 'webp', width, height, isGrey: false })
  if (kind === 'VP8X') return at(bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1)
  if (kind === 'VP8 ') return at(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff)
  if (kind !== 'VP8L') throw new UnreadableImage('is a WebP of an unknown kind')
  const bits = bytes.readUInt32LE(21)
  return at((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1)
}

function tiffHeader(bytes: Buffer): ImageHeader {
  const { page } = firstPage(bytes)
  const [width, height, photometric] = [256, 257, 262].map((tag) => tiffNumber(page, tag))
  if (width === undefined || height === undefined) throw new UnreadableImage('is a TIFF without a size')
  // WhiteIsZero and BlackIsZero (TIFF 6.0, section 8).
  return { format: 'tiff', width, height, isGrey: photometric === 0 || photometric === 1 }
}
