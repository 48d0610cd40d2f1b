// Made-up wheels and builds of some kilobytes, and a server that offers them as a package index does, with faults on demand.
import { createHash } from 'node:crypto'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { zipSync } from 'fflate'
import type { BuildId, TensorFlowBuild, WheelPin } from '@shared/runtime/tensorflow-builds'
import { keptPlace } from '../layout'
import { keptHash } from '../manifest'

/** Of every file of a wheel: the first that a zip can hold. */
const DATE = new Date(1980, 0, 1)

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export interface SmallWheel {
  readonly pin: WheelPin
  readonly bytes: Buffer
}

/** A wheel of these files; what they weigh is pinned as it is, or as `changes` say. */
export function smallWheel(
  name: string,
  files: Readonly<Record<string, Uint8Array>>,
  changes: Partial<WheelPin> = {},
): SmallWheel {
  // Stored, so that a cut or a changed byte is where a test expects it; with one date, so that every process makes the same.
  const bytes = Buffer.from(zipSync(files as Record<string, Uint8Array>, { level: 0, mtime: DATE }))
  const kept = Object.entries(files).filter(([file]) => keptPlace(file) !== null)
  const pin: WheelPin = {
    name,
    version: '1.0',
    file: `${name.replaceAll('-', '_')}-1.0-py3-none-any.whl`,
    place: 'aa/bb',
    bytes: bytes.length,
    sha256: sha256(bytes),
    keptFiles: kept.length,
    keptBytes: kept.reduce((sum, [, content]) => sum + content.length, 0),
    keptSha256: keptHash(Object.fromEntries(kept.map(([file, content]) => [file, sha256(content)]))),
    ...changes,
  }
  return { pin, bytes }
}

/** Bytes that depend on `seed`, as compressed libraries look. */
export function noise(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size)
  let state = seed + 1
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

/** A build for cards of three wheels, with things in them that are left out. @param size of its largest file in bytes */
export function smallBuild(
  size = 3000,
  id: BuildId = 'cuda12',
): { build: TensorFlowBuild; wheels: readonly SmallWheel[] } {
  const wheels = [
    smallWheel('tensorflow', {
      'tensorflow/libtensorflow_cc.so.2': noise(size, 1),
      'tensorflow/libtensorflow_framework.so.2': noise(size / 2, 2),
      'tensorflow/python/needless.py': noise(100, 3),
      'tensorflow-1.0.dist-info/METADATA': Buffer.from('Name: tensorflow'),
    }),
    smallWheel('nvidia-cublas-cu12', {
      'nvidia/cublas/lib/libcublas.so.12': noise(size, 4),
      'nvidia/cublas/include/cublas.h': noise(50, 5),
      'nvidia_cublas_cu12-1.0.dist-info/licenses/License.txt': Buffer.from('licence'),
    }),
    smallWheel('nvidia-cuda-nvcc-cu12', {
      'nvidia/cuda_nvcc/bin/ptxas': noise(500, 6),
      'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc': noise(600, 7),
    }),
  ]
  const build: TensorFlowBuild = {
    id,
    title: 'A small build',
    version: '1.0',
    wheels: wheels.map(({ pin }) => pin),
    cuda: null,
  }
  return { build, wheels }
}

/** What the server does to a request for a file; undefined lets it be answered. */
export type Fault = (
  file: string,
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
) => 'handled' | undefined

export interface IndexServer {
  /** The simple index. */
  readonly url: string
  /** Requests for files: name and the range asked for. */
  readonly asked: { file: string; range: string | undefined }[]
  fault: Fault | undefined
  close(): Promise<void>
}

/** @param pieceMs pause between pieces of a file, for tests that stop a download in its middle */
export async function indexServer(
  wheels: readonly SmallWheel[],
  { pieceBytes = 1 << 16, pieceMs = 0 } = {},
): Promise<IndexServer> {
  const state: { fault: Fault | undefined } = { fault: undefined }
  const asked: { file: string; range: string | undefined }[] = []
  const server = http.createServer((request, response) => {
    const path = request.url ?? '/'
    const list = /^\/simple\/([^/]+)\/$/.exec(path)?.[1]
    if (list !== undefined) {
      const links = wheels
        .filter(({ pin }) => pin.name === list)
        .map(({ pin }) => `<a href="../../files/${pin.file}#sha256=${pin.sha256}">${pin.file}</a>`)
      response.writeHead(links.length === 0 ? 404 : 200, { 'content-type': 'text/html' }).end(links.join('\n'))
      return
    }
    const file = path.replace('/files/', '')
    const wheel = wheels.find(({ pin }) => pin.file === file)
    if (wheel === undefined) {
      response.writeHead(404).end()
      return
    }
    asked.push({ file, range: request.headers.range })
    if (state.fault?.(file, request, response, wheel.bytes) === 'handled') return
    void send(request, response, wheel.bytes, pieceBytes, pieceMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/simple`,
    asked,
    get fault() {
      return state.fault
    },
    set fault(fault) {
      state.fault = fault
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  pieceBytes: number,
  pieceMs: number,
): Promise<void> {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (from >= bytes.length && from > 0) {
    response.writeHead(416).end()
    return
  }
  const headers = { 'content-length': bytes.length - from }
  if (from > 0)
    response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` })
  else response.writeHead(200, headers)
  for (let at = from; at < bytes.length && !response.destroyed; at += pieceBytes) {
    response.write(bytes.subarray(at, at + pieceBytes))
    if (pieceMs > 0) await new Promise((resolve) => setTimeout(resolve, pieceMs))
  }
  response.end()
}
