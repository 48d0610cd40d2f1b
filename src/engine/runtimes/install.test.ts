// Installing builds from an index and from files: what is there afterwards, what goes on, and what is refused with nothing left behind.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import http, { type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InstallProgress } from '@shared/contract/runtimes'
import { listing } from '@node/testing/listing'
import { tarOf } from '../datasets/testing/archives'
import { temporaryFolder } from '../testing/temporary-folder'
import { installBuild, type InstallOptions } from './install'
import { readManifest } from './manifest'
import { createRuntimes } from './runtimes'
import { indexServer, smallBuild, smallWheel, type IndexServer } from './testing/small-builds'

const { build, wheels } = smallBuild()
const [tensorflow, cublas] = wheels.map(({ pin }) => pin) as [(typeof build.wheels)[0], (typeof build.wheels)[0]]
let folder: string
let server: IndexServer
beforeEach(async () => {
  folder = temporaryFolder()
  server = await indexServer(wheels)
})
afterEach(() => server.close())

const cache = (): string => path.join(folder, 'cache')
const install = (changes: Partial<InstallOptions> = {}, of = build): Promise<string> =>
  installBuild(of, {
    cacheFolder: cache(),
    from: [],
    index: server.url,
    emit: () => undefined,
    signal: new AbortController().signal,
    pauseMs: 1,
    ...changes,
  })

const INSTALLED = [
  'deps/lib/libtensorflow_cc.so.2',
  'deps/lib/libtensorflow_framework.so.2',
  'deps/nvidia/cublas/lib/libcublas.so.12',
  'deps/nvidia/cuda_nvcc/bin/ptxas',
  'deps/nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
  'licences/nvidia_cublas_cu12-1.0/License.txt',
  'licences/tensorflow-1.0/METADATA',
]
const filesOf = (place: string): string[] =>
  Object.keys(listing(place)).filter((name) => !name.endsWith('/') && !/^(runtime\.json|wheels\/)/.test(name))

/** Files of a folder outside the runtimes: nothing may ever appear there. */
const outside = (): string[] => readdirSync(folder).filter((name) => !['cache', 'wheels', 'given.tar'].includes(name))

function wheelsOnDisk(): string {
  const place = path.join(folder, 'wheels')
  mkdirSync(place, { recursive: true })
  for (const { pin, bytes } of wheels) writeFileSync(path.join(place, pin.file), bytes)
  return place
}

describe('an installation from an index', () => {
  it('leaves what is needed at run time, where the libraries find each other, and no download', async () => {
    const told: InstallProgress[] = []
    const place = await install({ emit: (progress) => told.push(progress) })
    expect(place).toBe(path.join(cache(), 'runtimes', 'cuda12-1.0'))
    expect(filesOf(place)).toEqual(INSTALLED)
    expect(statSync(path.join(place, 'deps/nvidia/cuda_nvcc/bin/ptxas')).mode & 0o111).toBe(0o111)
    expect(readdirSync(path.join(cache(), 'runtimes', 'downloads'))).toEqual([])
    const fractions = told.map(({ fraction }) => fraction)
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
    expect(fractions.at(-1)).toBe(1)
  })

  it('does nothing where it is whole, and mends it where a file is cut off', async () => {
    const place = await install()
    const asked = server.asked.length
    await install()
    expect(server.asked).toHaveLength(asked)
    truncateSync(path.join(place, INSTALLED[2]!), 10)
    await install()
    expect(statSync(path.join(place, INSTALLED[2]!)).size).toBe(3000)
  })

  it('finds a byte that has changed in a runtime that is there, and fetches that wheel alone', async () => {
    const place = await install()
    const file = path.join(place, 'deps/nvidia/cublas/lib/libcublas.so.12')
    const pinned = readFileSync(file)
    writeFileSync(file, Buffer.from(pinned.map((byte, i) => (i === 1500 ? byte ^ 1 : byte))))
    server.asked.length = 0
    await install()
    expect(server.asked.map(({ file: name }) => name)).toEqual([cublas.file])
    expect(readFileSync(file)).toEqual(pinned)
    expect(filesOf(place)).toEqual(INSTALLED)
  })

  it('believes no list in a runtime that says otherwise than the pin', async () => {
    const place = await install()
    const manifest = path.join(place, 'runtime.json')
    const library = path.join(place, 'deps/nvidia/cublas/lib/libcublas.so.12')
    const other = Buffer.alloc(3000, 7)
    const text = readFileSync(manifest, 'utf8')
    const hashed = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
    writeFileSync(manifest, text.replace(hashed(readFileSync(library)), hashed(other)))
    writeFileSync(library, other)
    expect(await readManifest(place, build)).toBeUndefined()
    // Nor one that leaves out what the wheel has.
    writeFileSync(manifest, text.replace(/"deps\/nvidia\/cublas\/lib\/libcublas\.so\.12":3000,?/, ''))
    expect(await readManifest(place, build)).toBeUndefined()
    await install()
    expect(readFileSync(library)).not.toEqual(other)
  })

  it.each<[string, (response: ServerResponse) => void]>([
    [
      'a list that breaks off',
      (response) => void response.writeHead(200, { 'content-length': 999 }).write('{"fil', () => response.destroy()),
    ],
    ['half a list', (response) => response.writeHead(200).end('{"files": [')],
    ['another list', (response) => response.writeHead(200).end('{"files": {"tensorflow": 1}}')],
    ['an address that is none', (response) => response.writeHead(200).end(`<a href="http://[/${tensorflow.file}">`)],
    ['a way to nowhere', (response) => response.writeHead(302, { location: 'http://[' }).end()],
  ])('says in words what is wrong with an index that answers with %s', async (_what, answer) => {
    const broken = http.createServer((_request, response) => answer(response))
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
    const { port } = broken.address() as AddressInfo
    try {
      await expect(install({ index: `http://127.0.0.1:${port}/simple` })).rejects.toMatchObject({
        code: expect.stringMatching(/runtime-missing|not-found/) as string,
        message: expect.stringContaining(tensorflow.file) as string,
      })
    } finally {
      broken.closeAllConnections()
      broken.close()
    }
  })

  it('goes on within a file where a line breaks again and again', async () => {
    let breaks = 0
    server.fault = (_file, request, response, bytes) => {
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
      if (bytes.length - from < 600) return undefined
      breaks++
      response.writeHead(from > 0 ? 206 : 200, {
        'content-length': bytes.length - from,
        ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
      })
      response.write(bytes.subarray(from, from + 500), () => setTimeout(() => response.destroy(), 5))
      return 'handled'
    }
    expect(filesOf(await install())).toEqual(INSTALLED)
    expect(breaks).toBeGreaterThan(8)
  })

  it('begins a file anew where the server knows no ranges, and where the half was damaged', async () => {
    const half = path.join(cache(), 'runtimes', 'downloads', `${tensorflow.file}.part`)
    mkdirSync(path.dirname(half), { recursive: true })
    writeFileSync(half, Buffer.alloc(1000, 7))
    server.fault = (file, request, response, bytes) => {
      if (file !== cublas.file || request.headers.range === undefined) return undefined
      response.writeHead(200).end(bytes)
      return 'handled'
    }
    expect(filesOf(await install())).toEqual(INSTALLED)
    expect(server.asked.filter(({ file }) => file === tensorflow.file).map(({ range }) => range)).toEqual([
      'bytes=1000-',
      undefined,
    ])
  })

  it.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    [
      'has other bytes',
      (bytes) => Buffer.from(bytes.map((byte, i) => (i === 900 ? byte ^ 1 : byte))),
      /did not come as it is pinned/,
    ],
    ['is longer', (bytes) => Buffer.concat([bytes, Buffer.alloc(10)]), /did not come as it is pinned/],
    ['is shorter for ever', (bytes) => bytes.subarray(0, 100), /could not be downloaded/],
  ])('refuses a file that %s, and leaves no runtime', async (_what, change, message) => {
    server.fault = (file, request, response, bytes) => {
      if (file !== cublas.file) return undefined
      if (request.headers.range !== undefined) response.writeHead(416).end()
      else response.writeHead(200).end(change(bytes))
      return 'handled'
    }
    await expect(install()).rejects.toMatchObject({
      code: 'runtime-missing',
      message: expect.stringMatching(message) as string,
    })
    expect(existsSync(path.join(cache(), 'runtimes', 'cuda12-1.0'))).toBe(false)
    // What was whole stays: the next one goes on with the second wheel.
    server.fault = undefined
    server.asked.length = 0
    await install()
    expect(server.asked.map(({ file }) => file)).not.toContain(tensorflow.file)
  })

  it('names the index that does not have a file, or cannot be reached', async () => {
    const other = smallWheel('nobody-has-this', { 'nvidia/x/lib/x.so': Buffer.from('x') })
    await expect(install({}, { ...build, wheels: [other.pin] })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(other.pin.file) as string,
    })
    await expect(install({ index: 'http://127.0.0.1:9/simple' })).rejects.toMatchObject({ code: 'runtime-missing' })
    await expect(install({ index: 'ftp://example.org' })).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('ends when it is cancelled and keeps what is whole', async () => {
    const controller = new AbortController()
    const ended = install({
      signal: controller.signal,
      emit: ({ file, step }) => {
        if (file === cublas.file && step === 'downloading') controller.abort()
      },
    })
    await expect(ended).rejects.toMatchObject({ code: 'cancelled' })
    server.asked.length = 0
    await install()
    expect(server.asked.map(({ file }) => file)).not.toContain(tensorflow.file)
  })
})

describe('an installation from files', () => {
  it('takes a folder of wheels or the wheels themselves, and leaves them as they are', async () => {
    const place = wheelsOnDisk()
    const before = listing(place)
    await server.close()
    expect(filesOf(await install({ from: [place] }))).toEqual(INSTALLED)
    expect(listing(place)).toEqual(before)
    const one = wheels.map(({ pin }) => path.join(place, pin.file))
    expect(filesOf(await install({ from: one, cacheFolder: path.join(folder, 'cache', 'other') }))).toEqual(INSTALLED)
  })

  it('says which wheel is missing and where it is had', async () => {
    const place = wheelsOnDisk()
    await expect(install({ from: [path.join(place, tensorflow.file)] })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(cublas.file) as string,
      fix: expect.stringContaining('pypi.org/project/nvidia-cublas-cu12') as string,
    })
  })

  it.each([0, 1, 700, 2999])('refuses a wheel whose byte %d has changed', async (at) => {
    const place = wheelsOnDisk()
    const file = path.join(place, cublas.file)
    const bytes = readFileSync(file)
    bytes[at] = bytes[at]! ^ 255
    writeFileSync(file, bytes)
    await expect(install({ from: [place] })).rejects.toMatchObject({ code: 'invalid-input' })
    expect(existsSync(path.join(cache(), 'runtimes', 'cuda12-1.0'))).toBe(false)
  })
})

describe('an archive of another machine', () => {
  const pack = async (): Promise<string> => {
    await install()
    const file = path.join(folder, 'given.tar')
    const runtimes = createRuntimes({ cacheFolder: cache(), env: {}, builds: [build] })
    for await (const event of runtimes.pack('cuda12', file, new AbortController().signal)) {
      if (event.type === 'finished') expect(event).toMatchObject({ file, sizeBytes: statSync(file).size })
    }
    return file
  }
  const elsewhere = (): Partial<InstallOptions> => ({
    cacheFolder: path.join(folder, 'cache', 'other'),
    index: 'http://127.0.0.1:9',
  })

  it('installs to the same files without a network', async () => {
    const file = await pack()
    const place = await install({ ...elsewhere(), from: [file] })
    const first = path.join(cache(), 'runtimes', 'cuda12-1.0')
    for (const name of INSTALLED)
      expect(readFileSync(path.join(place, name))).toEqual(readFileSync(path.join(first, name)))
    expect(filesOf(place)).toEqual(INSTALLED)
  })

  it('is refused wherever it is cut off or a byte of a file has changed, with nothing but whole wheels left', async () => {
    const file = await pack()
    const whole = readFileSync(file)
    const starts = [0, 300, 1100, 2000, 5000, 9000].filter((at) => at < whole.length)
    for (const at of starts) {
      const changed = Buffer.from(whole)
      changed[at] = changed[at]! ^ 1
      for (const bytes of [whole.subarray(0, at), changed]) {
        writeFileSync(file, bytes)
        await expect(install({ ...elsewhere(), from: [file] }), `byte ${at}`).rejects.toMatchObject({
          code: 'invalid-input',
        })
        expect(existsSync(path.join(folder, 'cache/other/runtimes/cuda12-1.0'))).toBe(false)
      }
    }
    writeFileSync(file, whole)
    expect(filesOf(await install({ ...elsewhere(), from: [file] }))).toEqual(INSTALLED)
  })

  const HEADER = {
    name: 'gptnas-runtime.json',
    data: Buffer.from('{"format":"gptnas-runtime-archive/1","id":"cuda12","version":"1.0"}'),
  }
  it.each<[string, { name: string; data?: Buffer; type?: string; link?: string }[]]>([
    ['leads upwards', [HEADER, { name: '0/nvidia/../../../../thesis.txt', data: Buffer.from('x') }]],
    ['leads to the root', [HEADER, { name: '0//etc/passwd', data: Buffer.from('x') }]],
    [
      'leads upwards in a kept place',
      [HEADER, { name: '0/nvidia/a/lib/../../../../../../thesis.txt', data: Buffer.from('x') }],
    ],
    ['is a link', [HEADER, { name: '0/nvidia/a/lib/x.so', type: '2', link: '/etc/passwd' }]],
    ['is a bomb', [HEADER, { name: '0/nvidia/a/lib/x.so', data: Buffer.alloc(100_000) }]],
    [
      'is of another build',
      [{ name: HEADER.name, data: Buffer.from('{"format":"gptnas-runtime-archive/1","id":"cpu","version":"1.0"}') }],
    ],
    ['has no header', [{ name: '0/nvidia/a/lib/x.so', data: Buffer.from('x') }]],
    [
      'has two files of one name',
      [HEADER, ...[1, 2].map(() => ({ name: '0/nvidia/a/lib/x.so', data: Buffer.from('x') }))],
    ],
  ])('that %s is refused, and nothing of it is written', async (_what, entries) => {
    const file = path.join(folder, 'given.tar')
    writeFileSync(file, tarOf(entries))
    await expect(install({ from: [file] })).rejects.toMatchObject({ code: 'invalid-input' })
    expect(outside()).toEqual([])
    expect(
      filesOf(path.join(cache(), 'runtimes')).filter((name) => !name.startsWith('cuda12-1.0.partial/wheels')),
    ).toEqual([])
  })

  it('does not take the place of a file that is there', async () => {
    await install()
    writeFileSync(path.join(folder, 'given.tar'), 'precious')
    await expect(pack()).rejects.toMatchObject({ code: 'conflict' })
    expect(readFileSync(path.join(folder, 'given.tar'), 'utf8')).toBe('precious')
  })
})

/** As somebody would make it who can also change the pins: nothing else of the checks may be passed then. */
describe('a hostile wheel with the pinned hash', () => {
  it.each<[string, Record<string, Uint8Array>, Partial<(typeof build.wheels)[0]>]>([
    ['a name that leads upwards', { 'nvidia/a/lib/../../../../../../../thesis.txt': Buffer.from('x') }, {}],
    ['an absolute name', { '/nvidia/a/lib/x.so': Buffer.from('x') }, {}],
    ['more than is pinned', { 'nvidia/a/lib/x.so': Buffer.alloc(200_000) }, { keptBytes: 1000 }],
    ['other files than pinned', { 'nvidia/a/lib/x.so': Buffer.from('x') }, { keptSha256: '0'.repeat(64) }],
  ])('with %s is refused, and nothing of it is written', async (_what, files, changes) => {
    const bad = smallWheel('bad', files, changes)
    const place = path.join(folder, 'wheels')
    mkdirSync(place)
    writeFileSync(path.join(place, bad.pin.file), bad.bytes)
    await expect(install({ from: [place] }, { ...build, wheels: [bad.pin] })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    expect(outside()).toEqual([])
    expect(filesOf(path.join(cache(), 'runtimes'))).toEqual([])
  })

  it('with a link is refused', async () => {
    const bytes = Buffer.from(
      zipSync({ 'nvidia/a/lib/x.so': [Buffer.from('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] }),
    )
    const { createHash } = await import('node:crypto')
    const { pin } = smallWheel('bad', { 'nvidia/a/lib/x.so': Buffer.from('x') })
    const bad = { ...pin, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    mkdirSync(path.join(folder, 'wheels'))
    writeFileSync(path.join(folder, 'wheels', bad.file), bytes)
    const ended = install({ from: [path.join(folder, 'wheels')] }, { ...build, wheels: [bad] })
    await expect(ended).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('a link') as string,
    })
  })
})
