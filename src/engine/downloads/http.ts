// Asking a server for a file: redirects, a limit on silence, and going on where an earlier download ended. Only http and https, and never
// from the safe one to the other. What is downloaded, and how it is checked, is pinned-file.ts's.
import type { IncomingMessage } from 'node:http'
import { AppError } from '@shared/errors'
import { authoritiesOf } from './authorities'
import { getThroughProxy } from './proxy'

const MAX_REDIRECTS = 5
/** A server that sends nothing for this long has gone. */
const SILENCE_MS = 60_000

export interface Answer {
  readonly status: number
  readonly body: IncomingMessage
  /** Where it came from in the end. */
  readonly url: URL
}

/** Why a server could not be asked, in a form that may be tried again. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
}

/**
 * @param from the first byte that is wanted
 * @returns the answer with its body unread; the caller reads or destroys it
 * @throws NetworkError, AppError `invalid-input` for an address that is none, `cancelled`
 */
export async function get(address: string, from: number, accept: string, signal: AbortSignal): Promise<Answer> {
  let url = addressOf(address)
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const body = await request(url, from, accept, signal)
    const status = body.statusCode ?? 0
    const { location } = body.headers
    if (status < 300 || status >= 400 || location === undefined) return { status, body, url }
    body.destroy()
    const next = redirected(location, url)
    if (url.protocol === 'https:' && next.protocol !== 'https:')
      throw new NetworkError(`${url.host} leads to ${next.host} without encryption`)
    url = addressOf(next.href)
  }
  throw new NetworkError(`${url.host} leads from one address to the next without end`)
}

function redirected(location: string, from: URL): URL {
  try {
    return new URL(location, from)
  } catch (cause) {
    throw new NetworkError(`${from.host} leads to an address that is none`, { cause })
  }
}

function addressOf(text: string): URL {
  try {
    const url = new URL(text)
    if (url.protocol === 'https:' || url.protocol === 'http:') return url
  } catch {
    // Told below, as another protocol is.
  }
  throw new AppError(
    'invalid-input',
    `"${text.slice(0, 100)}" is no address to download from: http:// or https:// was expected.`,
    'Check the address of the package index or registry: GPTNAS_PACKAGE_INDEX and PIP_INDEX_URL name that of runtimes, npm_config_registry and .npmrc that of data sets.',
  )
}

async function request(url: URL, from: number, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
  const authorities = await authoritiesOf(process.env)
  const headers = { accept, 'user-agent': 'gpt-nas-workbench', ...(from > 0 && { range: `bytes=${from}-` }) }
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(signal.aborted ? new AppError('cancelled', 'The download was cancelled.') : networkError(url, cause))
    getThroughProxy(url, { headers, signal, authorities, silenceMs: SILENCE_MS }, process.env, resolve, failed)
  })
}

const networkError = (url: URL, cause: Error): NetworkError =>
  new NetworkError(`${url.host} could not be reached: ${cause.message || String((cause as { code?: unknown }).code)}`, {
    cause,
  })

/**
 * A list or a description, whole.
 * @param what for messages: "the list of tensorflow"
 * @returns its text and where it came from; null where the server has none
 * @throws NetworkError for another answer, one that breaks off and one above `maxBytes`; AppError as `get`
 */
export async function getText(
  address: string,
  options: { readonly what: string; readonly accept: string; readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<{ readonly text: string; readonly url: URL } | { readonly text: null; readonly url: URL }> {
  const { what, accept, maxBytes, signal } = options
  const { status, body, url } = await get(address, 0, accept, signal)
  if (status !== 200) body.destroy()
  if (status === 404) return { text: null, url }
  if (status !== 200) throw new NetworkError(`${url.host} answered ${status} for ${what}`)
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      size += piece.length
      if (size > maxBytes) throw new NetworkError(`${url.host} sent without end for ${what}`)
      pieces.push(piece)
    }
  } catch (thrown) {
    if (thrown instanceof NetworkError) throw thrown
    if (signal.aborted) throw new AppError('cancelled', 'The download was cancelled.')
    throw new NetworkError(`the connection to ${url.host} broke in ${what}: ${String(thrown)}`, { cause: thrown })
  }
  return { text: Buffer.concat(pieces).toString('utf8'), url }
}
