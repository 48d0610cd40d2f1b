// Downloads through a proxy, with one that the test runs.
import { writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type net from 'node:net'
import { type AddressInfo } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { installBuild } from '../runtimes/install'
import { get } from './http'
import { proxyFor } from './proxy'
import { CERTIFICATE, KEY } from './testing/certificate'
import { indexServer, smallBuild, type IndexServer } from '../runtimes/testing/small-builds'

const { build, wheels } = smallBuild()
const signal = new AbortController().signal

describe('the proxy for an address', () => {
  const https = new URL('https://files.pythonhosted.org/packages/x')
  it.each<[string, Record<string, string>, string | undefined]>([
    ['none is named', {}, undefined],
    ['one is named', { HTTPS_PROXY: 'http://proxy:3128' }, 'proxy:3128'],
    ['it is named without its protocol', { https_proxy: 'proxy:3128' }, 'proxy:3128'],
    ['one is named for plain addresses', { HTTP_PROXY: 'http://proxy:3128' }, undefined],
    ['its domain is excepted', { HTTPS_PROXY: 'http://proxy', NO_PROXY: 'localhost,.pythonhosted.org' }, undefined],
    ['another port is excepted', { HTTPS_PROXY: 'http://proxy', NO_PROXY: 'pythonhosted.org:8443' }, 'proxy'],
    ['a longer name is excepted', { HTTPS_PROXY: 'http://proxy', NO_PROXY: 'hosted.org' }, 'proxy'],
    ['all are excepted', { HTTPS_PROXY: 'http://proxy', no_proxy: '*' }, undefined],
  ])('is as the environment says where %s', (_what, env, host) => expect(proxyFor(https, env)?.host).toBe(host))

  it('is none for this machine itself', () => {
    for (const address of ['http://127.0.0.1:8080/simple', 'http://localhost/', 'http://[::1]:80/'])
      expect(proxyFor(new URL(address), { HTTP_PROXY: 'http://proxy' })).toBeUndefined()
  })

  it('is refused without its password where it is no http proxy', () =>
    expect(() => proxyFor(https, { HTTPS_PROXY: 'socks5://ada:secret@proxy' })).toThrow(/^(?!.*secret).*HTTPS_PROXY/))
})

describe('an encrypted download', () => {
  it('believes who NODE_EXTRA_CA_CERTS names, which Electron leaves to us, and nobody else', async () => {
    const server = https.createServer({ key: KEY, cert: CERTIFICATE }, (_request, response) => response.end('hello'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `https://localhost:${(server.address() as AddressInfo).port}/`
    const file = path.join(temporaryFolder(), 'own.pem')
    writeFileSync(file, CERTIFICATE)
    try {
      vi.stubEnv('NODE_EXTRA_CA_CERTS', '')
      await expect(get(address, 0, '*/*', signal)).rejects.toThrow(/self.signed certificate/)
      vi.stubEnv('NODE_EXTRA_CA_CERTS', file)
      const { status, body } = await get(address, 0, '*/*', signal)
      body.destroy()
      expect(status).toBe(200)
      vi.stubEnv('NODE_EXTRA_CA_CERTS', `${file}.not`)
      await expect(get(address, 0, '*/*', signal)).rejects.toMatchObject({ code: 'not-found' })
    } finally {
      vi.unstubAllEnvs()
      server.closeAllConnections()
      server.close()
    }
  })
})

describe('a download through a proxy', () => {
  let index: IndexServer
  let proxy: http.Server
  let asked: string[]
  let answers = 200
  beforeEach(async () => {
    asked = []
    answers = 200
    index = await indexServer(wheels)
    proxy = http.createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`)
      const { 'proxy-authorization': _own, ...headers } = request.headers
      const onward = http.get((request.url ?? '').replace('mirror.invalid', '127.0.0.1'), { headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(response)
      })
      onward.on('error', () => response.destroy())
    })
    proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
      asked.push(`CONNECT ${request.url}`)
      socket.end(`HTTP/1.1 ${answers} X\r\n\r\n`)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    vi.stubEnv('HTTP_PROXY', `http://ada:secret@127.0.0.1:${port}`)
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${port}`)
    for (const name of ['http_proxy', 'https_proxy', 'NO_PROXY', 'no_proxy']) vi.stubEnv(name, '')
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await index.close()
    proxy.closeAllConnections()
    proxy.close()
  })

  it('asks the proxy for every list and file, with its name and password', async () => {
    const options = {
      cacheFolder: temporaryFolder(),
      from: [],
      index: index.url.replace('127.0.0.1', 'mirror.invalid'),
      emit: () => undefined,
      signal,
    }
    await installBuild(build, options)
    expect(asked).toHaveLength(2 * wheels.length)
    const told = Buffer.from('ada:secret').toString('base64')
    for (const line of asked) expect(line).toMatch(new RegExp(`^GET http://mirror\\.invalid:\\d+/.* Basic ${told}$`))
  })

  it('opens a tunnel for an encrypted address, and says what became of it', async () => {
    answers = 403
    await expect(get('https://files.example.invalid/x', 0, '*/*', signal)).rejects.toThrow(
      /proxy 127\.0\.0\.1:\d+ answered 403/,
    )
    answers = 200
    await expect(get('https://files.example.invalid/x', 0, '*/*', signal)).rejects.toThrow(/could not be reached/)
    expect(asked).toEqual(['CONNECT files.example.invalid:443', 'CONNECT files.example.invalid:443'])
  })
})
