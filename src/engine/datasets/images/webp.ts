// Decodes WebP with libwebp, compiled to WebAssembly by @cwasm/webp. Its own loader reads a file beside itself, which a bundle has
// not, so the module is taken in as data and called here.
import { Buffer } from 'node:buffer'
import wasm from '@cwasm/webp/webp.wasm?url&inline'
import type { Raster } from './resample'
import { UnreadableImage } from './unreadable-image'

interface LibWebp {
  readonly memory: WebAssembly.Memory
  malloc(size: number): number
  free(place: number): void
  /** @returns the place of RGBA pixels, 0 for a failure; width and height go to the places given */
  WebPDecodeRGBA(data: number, size: number, width: number, height: number): number
}

const refuse = (): never => {
  throw new Error('a decoder calls no system')
}

let loaded: LibWebp | undefined

function libWebp(): LibWebp {
  if (loaded !== undefined) return loaded
  const module = new WebAssembly.Module(Buffer.from(wasm.slice(wasm.indexOf(',') + 1), 'base64'))
  const stubs = { fd_close: refuse, fd_seek: refuse, fd_write: refuse }
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: stubs })
  return (loaded = exports as LibWebp & WebAssembly.Exports)
}

/** RGB of the first frame; transparency is dropped. @throws UnreadableImage */
export function decodeWebp(bytes: Uint8Array): Raster {
  const lib = libWebp()
  const input = lib.malloc(bytes.length)
  const sizes = lib.malloc(8)
  let output = 0
  try {
    new Uint8Array(lib.memory.buffer, input, bytes.length).set(bytes)
    output = lib.WebPDecodeRGBA(input, bytes.length, sizes, sizes + 4)
    if (output === 0) throw new UnreadableImage('is a damaged WebP, or an animated one')
    const [width = 0, height = 0] = new Uint32Array(lib.memory.buffer, sizes, 2)
    return withoutAlpha(new Uint8Array(lib.memory.buffer, output, width * height * 4), height, width)
  } catch (thrown) {
    // A trap leaves its memory in any state.
    if (thrown instanceof WebAssembly.RuntimeError) {
      loaded = undefined
      throw new UnreadableImage('is a damaged WebP', { cause: thrown })
    }
    throw thrown
  } finally {
    if (loaded !== undefined) for (const place of [input, sizes, output]) lib.free(place)
  }
}

/** @param rgba `[height, width, 4]` */
export function withoutAlpha(rgba: Uint8Array, height: number, width: number): Raster {
  const count = height * width
  const pixels = new Uint8Array(count * 3)
  for (let pixel = 0; pixel < count; pixel++) {
    pixels[pixel * 3] = rgba[pixel * 4]!
    pixels[pixel * 3 + 1] = rgba[pixel * 4 + 1]!
    pixels[pixel * 3 + 2] = rgba[pixel * 4 + 2]!
  }
  return { height, width, channels: 3, pixels }
}
