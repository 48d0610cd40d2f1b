// Where a pinned wheel can be fetched: at the Python package index itself by its pinned place, or at a mirror by its simple index
// (PEP 503 and 691). Whatever a mirror says, only the pinned hash is believed.
import { AppError } from '@shared/errors'
import type { WheelPin } from '@shared/runtime/tensorflow-builds'
import { get, NetworkError } from './http'

const FILES = 'https://files.pythonhosted.org/packages/'
/** The largest list of a package's files that is read; the longest of a pinned package has some hundred kilobytes. */
const MAX_LIST_BYTES = 16 * 1024 * 1024
const ACCEPT = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1'

/** The index that the environment names; undefined for the public one. */
export const indexOf = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
  env['GPTNAS_PACKAGE_INDEX'] || env['PIP_INDEX_URL'] || undefined

/**
 * @param index address of a simple index; undefined for the public one
 * @throws NetworkError, AppError `not-found` where the index does not have the file
 */
export async function wheelAddress(pin: WheelPin, index: string | undefined, signal: AbortSignal): Promise<string> {
  if (index === undefined) return `${FILES}${pin.place}/${pin.file}`
  const list = `${index.replace(/\/+$/, '')}/${pin.name}/`
  const { status, body, url } = await get(list, 0, ACCEPT, signal)
  if (status === 404) {
    body.destroy()
    throw missing(pin, url)
  }
  if (status !== 200) {
    body.destroy()
    throw new NetworkError(`${url.host} answered ${status} for the list of ${pin.name}`)
  }
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of body as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > MAX_LIST_BYTES) throw new NetworkError(`${url.host} sent an endless list of ${pin.name}`)
    pieces.push(piece)
  }
  const found = addressIn(Buffer.concat(pieces).toString('utf8'), pin.file)
  if (found === undefined) throw missing(pin, url)
  const address = new URL(found, url)
  address.hash = ''
  return address.href
}

/** The address of a file in a simple index, as HTML or JSON has it. */
export function addressIn(list: string, file: string): string | undefined {
  if (list.trimStart().startsWith('{')) {
    const { files } = JSON.parse(list) as { files?: readonly { filename?: unknown; url?: unknown }[] }
    const url = files?.find(({ filename }) => filename === file)?.url
    return typeof url === 'string' ? url : undefined
  }
  for (const [, address = ''] of list.matchAll(/href\s*=\s*["']([^"']+)["']/gi)) {
    const plain = address.replaceAll('&amp;', '&')
    const name = plain.split(/[?#]/)[0]!.split('/').at(-1)
    if (name === file || name === encodeURIComponent(file)) return plain
  }
  return undefined
}

const missing = (pin: WheelPin, url: URL): AppError =>
  new AppError(
    'not-found',
    `The package index ${url.host} does not have ${pin.file}.`,
    'Name another index, or fetch the file elsewhere and install it from there.',
  )
