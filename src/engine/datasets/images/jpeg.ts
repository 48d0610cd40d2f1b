// Decodes JPEG with libjpeg-turbo, compiled to JavaScript: the decoder that Pillow uses, so pixels equal its pixels. Strict: a
// file that ends early or holds noise is refused, never filled with grey.
import createCodec from '@cornerstonejs/codec-libjpeg-turbo-8bit/decode'
import { UnreadableImage } from './unreadable-image'
import type { Raster } from './resample'

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array
  decode(): void
  getFrameInfo(): { width: number; height: number; componentCount: number }
  /** A view of the codec's memory, valid until the next call. */
  getDecodedBuffer(): Uint8Array
}
type Codec = { readonly JPEGDecoder: new () => Decoder }

let loaded: Promise<Decoder> | undefined

/** Grey or colour as stored, never CMYK; orientation tags are ignored, as training pipelines do. @throws UnreadableImage */
export async function decodeJpeg(bytes: Uint8Array): Promise<Raster> {
  const decoder = await (loaded ??= (createCodec as () => Promise<Codec>)().then((codec) => new codec.JPEGDecoder()))
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes)
    decoder.decode()
    const { height, width, componentCount: channels } = decoder.getFrameInfo()
    return { height, width, channels, pixels: Uint8Array.from(decoder.getDecodedBuffer()) }
  } catch (cause) {
    // Whatever the codec held when it gave up is dropped with it.
    loaded = undefined
    throw new UnreadableImage('is a damaged or incomplete JPEG', { cause })
  }
}

/** Size and components from the frame header. @throws UnreadableImage */
export function jpegHeader(bytes: Uint8Array): { height: number; width: number; channels: number } {
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) break
    const marker = bytes[at + 1]!
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
    // Fill bytes before a marker are allowed (ITU T.81, B.1.1.2).
    if (marker === 0xff) at += 1
    // SOF0-SOF15 without DHT, JPG and DAC, which share the range.
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return {
        height: (bytes[at + 5]! << 8) | bytes[at + 6]!,
        width: (bytes[at + 7]! << 8) | bytes[at + 8]!,
        channels: bytes[at + 9]!,
      }
    } else at += 2 + length
  }
  throw new UnreadableImage('is a JPEG without a frame header')
}
