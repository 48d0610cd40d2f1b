// A registry of npm's kind that offers one package, with faults on demand, and settings that lead to it.
import { readFileSync } from 'node:fs'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DownloadSettings } from '../download-package'

/** What is done to a request; undefined lets it be answered. */
export type RegistryFault = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => 'handled' | undefined

export interface RegistryServer {
  readonly url: string
  /** Requests for the archive: the range asked for. */
  readonly asked: (string | undefined)[]
  /** Of the archive. */
  fault: RegistryFault | undefined
  /** What the registry says where the archive is. */
  tarball: string
  readonly settings: DownloadSettings
  close(): Promise<void>
}

/** @param archive of the package tiny 1.0.0 */
export async function registryServer(archive: string): Promise<RegistryServer> {
  const server = http.createServer((request, response) => {
    const bytes = readFileSync(archive)
    if (request.url === '/npm/tiny/1.0.0') {
      response.writeHead(200).end(JSON.stringify({ name: 'tiny', dist: { tarball: state.tarball } }))
    } else if (request.url === '/elsewhere') {
      response.writeHead(302, { location: '/npm/tiny/-/tiny-1.0.0.tgz' }).end()
    } else if (request.url === '/npm/tiny/-/tiny-1.0.0.tgz') {
      state.asked.push(request.headers.range)
      if (state.fault?.(request, response, bytes) !== 'handled') sendFrom(request, response, bytes)
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/npm`
  const state: RegistryServer = {
    url,
    asked: [],
    fault: undefined,
    tarball: `${url}/tiny/-/tiny-1.0.0.tgz`,
    settings: { env: { npm_config_registry: `${url}/` }, folders: [], pauseMs: 1 },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return state
}

/** Answers with what is asked for, up to `end`; then the line breaks where that is not all. */
export function sendFrom(request: IncomingMessage, response: ServerResponse, bytes: Buffer, end = bytes.length): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const headers = { 'content-length': bytes.length - from }
  if (from > 0)
    response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` })
  else response.writeHead(200, headers)
  if (end >= bytes.length) response.end(bytes.subarray(from))
  else response.write(bytes.subarray(from, end), () => setTimeout(() => response.destroy(), 5))
}
