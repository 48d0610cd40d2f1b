// Image formats without a Python beside: headers, damaged files of every format, and what is remarked. Pixels are held against
// Pillow's by importers/independent-reader.test.ts.
import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { encode as encodeBmp } from 'bmp-ts'
import { GifWriter } from 'omggif'
import UTIF from 'utif2'
import { JPEG, pngOf } from '../testing/small-files'
import { decodeImage } from './decode'
import { imageHeader } from './header'
import { UnreadableImage } from './unreadable-image'

const [WIDTH, HEIGHT] = [6, 4]

function gif(frames = 1): Buffer {
  const bytes = Buffer.alloc(4096)
  const writer = new GifWriter(bytes, WIDTH, HEIGHT, { palette: [0xff0000, 0x00ff00] })
  for (let frame = 0; frame < frames; frame++)
    writer.addFrame(
      0,
      0,
      WIDTH,
      HEIGHT,
      Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i + frame) % 2),
    )
  return bytes.subarray(0, writer.end())
}

const RGBA = Uint8Array.from({ length: WIDTH * HEIGHT * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256))
const bmp = (): Buffer => {
  const abgr = Buffer.from(RGBA.map((_, i) => RGBA[i - (i % 4) + (3 - (i % 4))]!))
  return encodeBmp({ data: abgr, width: WIDTH, height: HEIGHT, bitPP: 24 } as never).data
}
const tiff = (): Buffer => Buffer.from(UTIF.encodeImage(RGBA, WIDTH, HEIGHT))
/** One pixel, lossless. */
const webp = (): Buffer => Buffer.from('UklGRhwAAABXRUJQVlA4TBAAAAAvAAAAAAfQ//73v/+BiOh/AAA=', 'base64')

const FILES = { png: pngOf(HEIGHT, WIDTH, 1), jpeg: JPEG, gif: gif(), bmp: bmp(), tiff: tiff(), webp: webp() } as const

describe('every format', () => {
  it.each(Object.entries(FILES))(
    '%s is known by its bytes, and has the size that its header says',
    async (format, bytes) => {
      const header = imageHeader(bytes)
      const { image } = await decodeImage(bytes)
      expect(header).toMatchObject({ format, height: image.height, width: image.width })
      expect(image.pixels).toHaveLength(image.height * image.width * image.channels)
    },
  )

  it.each(Object.entries(FILES))(
    '%s that is cut or changed is refused or read, never anything else',
    async (_format, bytes) => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(bytes.length - 1),
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 }),
          fc.boolean(),
          async (cut, changes, isCut) => {
            const damaged = Buffer.from(isCut ? bytes.subarray(0, cut) : bytes)
            for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value
            const outcome = await decodeImage(damaged).catch((thrown: unknown) => thrown)
            if (outcome instanceof Error) expect(outcome).toBeInstanceOf(UnreadableImage)
          },
        ),
        { numRuns: 150 },
      )
    },
  )

  it.each([
    ['of the usual size', 'R0lGODlhBgAEAIAAAP8AAAD/ACwAAAAABqcEAAACBUSSzMlaADs='],
    ['that begin with no bit at all', 'R0lGODlhBgAEAID9AP8AAAD/ACz6AAAABgAEAAAABUSMn8laADs='],
  ])('a GIF whose codes, %s, lead in a circle is refused, not followed for ever', async (_which, text) => {
    await expect(decodeImage(Buffer.from(text, 'base64'))).rejects.toThrow(/^is a damaged GIF$/)
  })

  it('a GIF of noise, which fills the table of codes and clears it, is read to its last pixel', async () => {
    const [side, bytes] = [128, Buffer.alloc(200_000)]
    const palette = Array.from({ length: 256 }, (_, i) => i * 0x010101)
    const pixels = Array.from({ length: side * side }, (_, i) => ((i * 2654435761) >>> 13) & 0xff)
    const writer = new GifWriter(bytes, side, side, { palette })
    writer.addFrame(0, 0, side, side, pixels)
    const { image } = await decodeImage(bytes.subarray(0, writer.end()))
    expect([...image.pixels].filter((_, i) => i % 3 === 0)).toEqual(pixels)
  })

  it('damaged says so in our words: those of a library are for whoever wrote it', async () => {
    const { png, gif, bmp } = FILES
    const flipped = Buffer.from(png)
    flipped.writeUInt8(flipped.readUInt8(45) ^ 0xff, 45)
    const reasons = [
      [png.subarray(0, png.length - 20), 'is a PNG that ends early'],
      [Buffer.concat([png.subarray(0, 40), png.subarray(-12)]), 'is a PNG that ends early'],
      [flipped, 'is a damaged PNG'],
      [gif.subarray(0, 20), 'is a damaged GIF'],
      [bmp.subarray(0, 60), 'is a damaged BMP'],
    ] as const
    for (const [bytes, reason] of reasons)
      await expect(decodeImage(Buffer.from(bytes))).rejects.toThrow(new RegExp(`^${reason}$`))
  })
})

describe('what pixels do not show', () => {
  const remarksOf = async (bytes: Buffer) => (await decodeImage(bytes)).remarks
  const exif = (orientation: number): Buffer =>
    Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0])
  const rotated = (orientation: number): Buffer => {
    const data = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif(orientation)])
    const head = Buffer.from([0xff, 0xe1, 0, data.length + 2])
    return Buffer.concat([JPEG.subarray(0, 2), head, data, JPEG.subarray(2)])
  }

  it('is remarked: a rotation, bytes behind the end, further frames', async () => {
    expect(await remarksOf(JPEG)).toEqual([])
    expect(await remarksOf(rotated(1))).toEqual([])
    expect(await remarksOf(rotated(6))).toEqual(['rotated'])
    expect((await decodeImage(rotated(6))).image).toEqual((await decodeImage(JPEG)).image)
    expect(await remarksOf(Buffer.concat([FILES.png, Buffer.from('left behind')]))).toEqual(['trailing'])
    expect(await remarksOf(gif(3))).toEqual(['frames'])
  })
})
