// Archives for tests, made byte by byte so that they can lie about anything.
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'

export interface Entry {
  readonly name: string
  readonly data?: Buffer
  /** POSIX type flag; '0' is a file, '2' a symbolic link. */
  readonly type?: string
  readonly link?: string
}

/** A ustar archive of these entries, ended properly. */
export function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ name, data = Buffer.alloc(0), type = '0', link = '' }) => {
    const header = Buffer.alloc(512)
    header.write(name, 0, 100, 'utf8')
    header.write('0000644\0', 100)
    header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('        ', 148)
    header.write(type, 156)
    header.write(link, 157, 100, 'utf8')
    header.write('ustar\x0000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

export function tarGzOf(entries: readonly Entry[]): Buffer {
  return gzipSync(tarOf(entries))
}

export function zipOf(entries: readonly Entry[]): Buffer {
  const files = Object.fromEntries(entries.map(({ name, data = Buffer.alloc(0) }) => [name, new Uint8Array(data)]))
  return Buffer.from(zipSync(files))
}
