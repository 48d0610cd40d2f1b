// The way out through a proxy, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY name it: plain requests are asked of it, encrypted ones go through a
// tunnel that it opens (RFC 9110, CONNECT). Node has this only in versions newer than the oldest Electron that the workbench runs on.
import http, { type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import tls from 'node:tls'
import { AppError } from '@shared/errors'

type Environment = Readonly<Record<string, string | undefined>>

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/
/** A proxy answers at once, or is none. */
const CONNECT_LIMIT_MS = 30_000

/**
 * @returns the proxy for this address; undefined for none
 * @throws AppError `invalid-input` for a variable that names no http proxy
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const named = env[name.toLowerCase()] || env[name]
  // No proxy reaches this machine.
  if (!named || LOOPBACK.test(url.hostname) || isExcepted(url, env['no_proxy'] || env['NO_PROXY'] || ''))
    return undefined
  try {
    const proxy = new URL(named.includes('://') ? named : `http://${named}`)
    if (proxy.protocol === 'http:' && proxy.hostname !== '') return proxy
  } catch {
    // Told below, as another protocol is.
  }
  // Never with its value, which may hold a password.
  throw new AppError(
    'invalid-input',
    `${name} names no proxy that can be used: http://HOST:PORT was expected.`,
    'Correct the variable or unset it, then start the workbench again.',
  )
}

/** Hosts and domains with commas between them, `*` for all; a port where one is given. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const ownPort = port || (protocol === 'https:' ? '443' : '80')
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [, host = '', at] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? []
      const domain = host.replace(/^\*?\./, '').toLowerCase()
      const isOf = hostname === domain || hostname.endsWith(`.${domain}`)
      return entry === '*' || (isOf && domain !== '' && (at === undefined || at === ownPort))
    })
}

const authorisation = ({ username, password }: URL): Record<string, string> =>
  username === ''
    ? {}
    : {
        'proxy-authorization': `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
      }

/**
 * As `http.get` and `https.get`, through the proxy that the environment names for the address.
 * @param answered receives the answer with its body unread
 * @param failed receives why there is none
 */
export function getThroughProxy(
  url: URL,
  options: RequestOptions & {
    readonly signal: AbortSignal
    readonly silenceMs: number
    /** Certificates in PEM; undefined for Node's own. */
    readonly authorities?: readonly string[] | undefined
  },
  env: Environment,
  answered: (answer: IncomingMessage) => void,
  failed: (cause: Error) => void,
): void {
  const { silenceMs, authorities, ...request } = options
  const ca = authorities === undefined ? {} : { ca: [...authorities] }
  const watched = (asked: http.ClientRequest): void => {
    asked.on('error', failed)
    asked.setTimeout(silenceMs, () => asked.destroy(new Error(`it sent nothing for ${silenceMs / 1000} s`)))
    // Until Node 17, a request that is ended leaves whoever reads its body waiting for ever.
    asked.once('response', (body) => {
      const end = (why: string): void => void body.destroy(new Error(why))
      const cancel = (): void => end('it was cancelled')
      asked.setTimeout(silenceMs, () => end(`it sent nothing for ${silenceMs / 1000} s`))
      options.signal.addEventListener('abort', cancel, { once: true })
      body.once('close', () => options.signal.removeEventListener('abort', cancel))
    })
  }
  const proxy = proxyFor(url, env)
  if (proxy === undefined)
    return watched(
      url.protocol === 'https:' ? https.get(url, { ...request, ...ca }, answered) : http.get(url, request, answered),
    )
  const at = { host: proxy.hostname, port: Number(proxy.port || 80), signal: options.signal }
  if (url.protocol === 'http:') {
    const headers = { ...request.headers, host: url.host, ...authorisation(proxy) }
    return watched(http.get({ ...request, ...at, path: url.href, headers }, answered))
  }
  const target = `${url.hostname}:${url.port || 443}`
  const tunnel = http.request({
    ...at,
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...authorisation(proxy) },
  })
  tunnel.setTimeout(CONNECT_LIMIT_MS, () => tunnel.destroy(new Error(`the proxy ${proxy.host} does not answer`)))
  tunnel.on('error', (cause) => failed(new Error(`by the proxy ${proxy.host}: ${cause.message}`, { cause })))
  tunnel.on('connect', ({ statusCode = 0 }, socket: Socket) => {
    if (statusCode !== 200) {
      socket.destroy()
      return failed(new Error(`the proxy ${proxy.host} answered ${statusCode}`))
    }
    const createConnection = (): Socket => tls.connect({ socket, servername: url.hostname, ...ca })
    watched(https.get(url, { ...request, agent: false, createConnection }, answered))
  })
  tunnel.end()
}
