// Small valid files of every kind the importers know, for tests that then damage them.
import { PNG } from 'pngjs'
import { createRandom } from '@shared/random'
import type { Entry } from './archives'

/** A PNG of noise round one brightness. */
export function pngOf(height: number, width: number, seed: number): Buffer {
  const random = createRandom(seed)
  const png = new PNG({ width, height })
  for (let at = 0; at < png.data.length; at++) png.data[at] = at % 4 === 3 ? 255 : random.integer(256)
  return PNG.sync.write(png, { colorType: 2 })
}

/**
 * A baseline JPEG (16 x 16, grey), made with Pillow: enough to be decoded, and to be cut. The tests against Pillow itself make
 * theirs when they run.
 */
export const JPEG = Buffer.from(
  [
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYV',
    'pQYEpRUk//wAALCAAQABABAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABAAD/8QAHhAAAwACAwEBAQAAAAAAAAAAAQIDBBESISITMUH/2gAIAQEA',
    'AD8AVfHysgww9vJQqMyUqipVA5PNfkT32v8ABro7BAJLWUkxJJd8rMwfmXZVLAskV0F4DXDj7PZ3vjs7OxnhY6Y9JPPKpB2lLETl1THLAsyhm1',
    '6Gwdqp0HYa/CK0ntWd5qYyaqypNXRRJhPy2wAQAKMSACOQI0dkn//Z',
  ].join(''),
  'base64',
)

/** Two classes of `perClass` PNG images. */
export function classFolderFiles(perClass: number, seed = 1): Entry[] {
  return ['left', 'right'].flatMap((name, label) =>
    Array.from({ length: perClass }, (_, index) => ({
      name: `${name}/${index}.png`,
      data: pngOf(8, 8, seed * 10_000 + label * 1000 + index),
    })),
  )
}

/** Records of CIFAR-10's binary form. */
export function cifarRecords(count: number, seed = 1): Buffer {
  const random = createRandom(seed)
  const data = Buffer.alloc(count * 3073)
  for (let at = 0; at < data.length; at++) data[at] = at % 3073 === 0 ? (at / 3073) % 10 : random.integer(256)
  return data
}

/** A pickled dictionary as Python 3 writes it with protocol 3. */
export function cifarPickle(count: number, seed = 1): Buffer {
  const random = createRandom(seed)
  const data = Buffer.from(Array.from({ length: count * 3072 }, () => random.integer(256)))
  const labels = Array.from({ length: count }, (_, index) => index % 10)
  const text = (value: string): Buffer => {
    const head = Buffer.alloc(5)
    head.write('X')
    head.writeUInt32LE(value.length, 1)
    return Buffer.concat([head, Buffer.from(value)])
  }
  const length = Buffer.alloc(4)
  length.writeUInt32LE(data.length)
  const size = Buffer.alloc(2)
  size.writeUInt16LE(count)
  return Buffer.concat([
    Buffer.from('\x80\x03}(', 'latin1'),
    text('labels'),
    Buffer.from(`](${labels.map((label) => `K${String.fromCharCode(label)}`).join('')}e`, 'latin1'),
    text('data'),
    Buffer.from('cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01M', 'latin1'),
    size,
    Buffer.from('M\x00\x0c\x86cnumpy\ndtype\n', 'latin1'),
    text('u1'),
    Buffer.from('K\x00K\x01\x87R\x89B', 'latin1'),
    length,
    data,
    Buffer.from('tbu.', 'latin1'),
  ])
}

/** An IDX file of unsigned bytes. */
export function idxOf(sizes: readonly number[], value: (index: number) => number): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length)
  header[2] = 8
  header[3] = sizes.length
  sizes.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index))
  const total = sizes.reduce((product, size) => product * size, 1)
  return Buffer.concat([header, Buffer.from(Array.from({ length: total }, (_, index) => value(index)))])
}
