// Bytes of an image file to pixels, by what the bytes say it is. Every format as Pillow's convert("RGB") has it; what the pixels do
// not show is told in remarks.
import * as bmp from 'bmp-ts'
import jpegJs from 'jpeg-js'
import { GifReader } from 'omggif'
import { PNG } from 'pngjs'
import UTIF from 'utif2'
import { MIB } from '@shared/units'
import { areCodesDefined } from './gif-codes'
import { imageHeader } from './header'
import { decodeJpeg, jpegHeader } from './jpeg'
import { isRotated, type Remark } from './remarks'
import type { Raster } from './resample'
import { firstPage, tiffNumber } from './tiff'
import { UnreadableImage } from './unreadable-image'
import { decodeWebp, withoutAlpha } from './webp'

/** Nothing that decodes to MAX_PIXELS is larger. */
export const MAX_FILE_BYTES = 256 * MIB

export interface Decoded {
  /** Grey (JPEG only) or RGB; transparency is dropped. */
  readonly image: Raster
  readonly remarks: readonly Remark[]
}

/** @throws UnreadableImage */
export async function decodeImage(bytes: Buffer): Promise<Decoded> {
  const { format } = imageHeader(bytes)
  const decoded = await DECODERS[format](bytes)
  return isRotated(bytes, format) ? { ...decoded, remarks: [...decoded.remarks, 'rotated'] } : decoded
}

const plain = (image: Raster): Decoded => ({ image, remarks: [] })

const DECODERS = {
  png: (bytes: Buffer): Decoded => decodePng(bytes),
  jpeg: async (bytes: Buffer): Promise<Decoded> =>
    jpegHeader(bytes).channels === 4 ? { image: decodeCmyk(bytes), remarks: ['cmyk'] } : plain(await decodeJpeg(bytes)),
  gif: (bytes: Buffer): Decoded => asDamaged('GIF', () => decodeGif(bytes)),
  bmp: (bytes: Buffer): Decoded => asDamaged('BMP', () => plain(decodeBmp(bytes))),
  webp: (bytes: Buffer): Decoded => plain(decodeWebp(bytes)),
  tiff: (bytes: Buffer): Decoded => asDamaged('TIFF', () => decodeTiff(bytes)),
}

/** Whatever a decoder trips over is the file's fault; its own words are for whoever wrote it, and stay the cause. */
function asDamaged(name: string, decode: () => Decoded): Decoded {
  try {
    return decode()
  } catch (cause) {
    if (cause instanceof UnreadableImage) throw cause
    throw new UnreadableImage(`is a damaged ${name}`, { cause })
  }
}

function decodePng(bytes: Buffer): Decoded {
  const end = pngEnd(bytes)
  if (end === undefined || end > bytes.length) throw new UnreadableImage('is a PNG that ends early')
  const { image } = asDamaged('PNG', () => {
    const png = PNG.sync.read(bytes.subarray(0, end))
    return plain(withoutAlpha(png.data, png.height, png.width))
  })
  return { image, remarks: end < bytes.length ? ['trailing'] : [] }
}

/** Where the IEND chunk ends; undefined where there is none. */
function pngEnd(bytes: Buffer): number | undefined {
  for (let at = 8; at + 12 <= bytes.length;) {
    const size = bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return at + 12 + size
    at += 12 + size
  }
  return undefined
}

/** By jpeg-js, because libjpeg-turbo's interface here gives no CMYK; within a few levels of Pillow. @throws UnreadableImage */
function decodeCmyk(bytes: Buffer): Raster {
  try {
    const { height, width, data } = jpegJs.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxMemoryUsageInMB: 2048,
    })
    return { height, width, channels: 3, pixels: data }
  } catch (cause) {
    throw new UnreadableImage('is a damaged or unusual CMYK JPEG', { cause })
  }
}

/** A code of GIF's LZW takes at least 3 bits and stands for at most 4,096 pixels. */
const GIF_PIXELS_PER_BYTE = Math.ceil((8 / 3) * 4096)

function decodeGif(bytes: Buffer): Decoded {
  const gif = new GifReader(bytes)
  if (gif.width * gif.height > bytes.length * GIF_PIXELS_PER_BYTE)
    throw new UnreadableImage(`is a damaged GIF: ${bytes.length} bytes hold no ${gif.width} x ${gif.height} pixels`)
  if (!areCodesDefined(bytes, gif.frameInfo(0).data_offset)) throw new UnreadableImage('is a damaged GIF')
  const rgba = new Uint8Array(gif.width * gif.height * 4)
  gif.decodeAndBlitFrameRGBA(0, rgba)
  const { transparent_index: transparent, width, height } = gif.frameInfo(0)
  // The decoder says on the console alone that a frame ended early; then its last pixels were never written.
  const isWhole = transparent !== null || width * height < gif.width * gif.height || rgba[rgba.length - 1] === 255
  if (!isWhole) throw new UnreadableImage('is a damaged GIF: its first frame ends early')
  return { image: withoutAlpha(rgba, gif.height, gif.width), remarks: gif.numFrames() > 1 ? ['frames'] : [] }
}

/** BI_RLE8 and BI_RLE4: the decoder puts their colours in the wrong places. */
const RUN_LENGTHS = [1, 2]

function decodeBmp(bytes: Buffer): Raster {
  const compression = bytes.readUInt32LE(14) === 12 || bytes.length < 34 ? 0 : bytes.readUInt32LE(30)
  if (RUN_LENGTHS.includes(compression)) throw new UnreadableImage('is a run-length encoded BMP; save it without')
  // As alpha, blue, green, red: its other order mixes colours up where there is a palette.
  const { data, height, width } = bmp.decode(bytes)
  const rgba = new Uint8Array(height * width * 4)
  for (let at = 0; at < rgba.length; at += 4) {
    rgba[at] = data[at + 3]!
    rgba[at + 1] = data[at + 2]!
    rgba[at + 2] = data[at + 1]!
  }
  return withoutAlpha(rgba, height, width)
}

/** Bits in a sample that the decoder brings to eight as Pillow does. */
const TIFF_BITS = [1, 2, 4, 8]

function decodeTiff(bytes: Buffer): Decoded {
  const { page, content, hasMore } = firstPage(bytes)
  const bits = tiffNumber(page, 258) ?? 1
  if (!TIFF_BITS.includes(bits)) throw new UnreadableImage(`is a TIFF of ${bits} bits a sample; convert it to 8`)
  UTIF.decodeImage(content, page)
  const image = withoutAlpha(UTIF.toRGBA8(page), page.height, page.width)
  return { image, remarks: hasMore ? ['frames'] : [] }
}
