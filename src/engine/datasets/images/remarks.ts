// What an image has that its pixels do not show: read as Pillow does, and told, because other programs may show it otherwise.
import type { ImageFormat } from './header'
import { firstPage, tiffNumber } from './tiff'
import { UnreadableImage } from './unreadable-image'

export const REMARKS = {
  rotated: 'carry a rotation (EXIF); they were read as stored, as Pillow and training pipelines do',
  cmyk: 'are CMYK JPEGs; they were converted to RGB as Pillow does, without their colour profile',
  trailing: 'have bytes behind their end, which were passed over',
  frames: 'have several frames or pages; the first was taken',
} as const
export type Remark = keyof typeof REMARKS

/** EXIF and TIFF 6.0: 1 is upright. */
const ORIENTATION = 274

/** Whether EXIF data or a TIFF asks to be turned before it is shown. Damaged EXIF data says nothing. */
export function isRotated(bytes: Buffer, format: ImageFormat): boolean {
  const exif = format === 'tiff' ? bytes : exifOf(bytes, format)
  if (exif === null) return false
  try {
    return (tiffNumber(firstPage(exif).page, ORIENTATION) ?? 1) > 1
  } catch (thrown) {
    if (thrown instanceof UnreadableImage) return false
    throw thrown
  }
}

/** "Exif", two zeros, then a TIFF: in JPEG's APP1 as such, in PNG's eXIf and WebP's EXIF chunk the TIFF alone. */
const EXIF_MARK = Buffer.from('Exif\0\0', 'latin1')

function exifOf(bytes: Buffer, format: ImageFormat): Buffer | null {
  if (format === 'jpeg') return jpegExif(bytes)
  if (format === 'png')
    return chunkOf(bytes, 8, 'eXIf', (at) => ({ name: at + 4, size: bytes.readUInt32BE(at), data: at + 8, extra: 12 }))
  if (format === 'webp') {
    const chunk = chunkOf(bytes, 12, 'EXIF', (at) => {
      const size = bytes.readUInt32LE(at + 4)
      // Chunks begin at even places.
      return { name: at, size, data: at + 8, extra: 8 + (size % 2) }
    })
    return chunk !== null && chunk.subarray(0, 6).equals(EXIF_MARK) ? chunk.subarray(6) : chunk
  }
  return null
}

function chunkOf(
  bytes: Buffer,
  start: number,
  wanted: string,
  read: (at: number) => { name: number; size: number; data: number; extra: number },
): Buffer | null {
  for (let at = start; at + 8 <= bytes.length;) {
    const { name, size, data, extra } = read(at)
    if (bytes.toString('latin1', name, name + 4) === wanted) return bytes.subarray(data, data + size)
    at += size + extra
  }
  return null
}

function jpegExif(bytes: Buffer): Buffer | null {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!
    // The image begins: what describes it is over.
    if (marker === 0xda) return null
    if (marker === 0xff) {
      at += 1
      continue
    }
    const size = bytes.readUInt16BE(at + 2)
    const data = bytes.subarray(at + 4, at + 2 + size)
    if (marker === 0xe1 && data.subarray(0, 6).equals(EXIF_MARK)) return data.subarray(6)
    at += 2 + size
  }
  return null
}
