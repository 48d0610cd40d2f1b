// Where a pinned wheel can be fetched: at the Python package index itself by its pinned place, or at a mirror by its simple index
// (PEP 503 and 691). Whatever a mirror says, only the pinned hash is believed.
import { z } from 'zod'
import { AppError } from '@shared/errors'
import type { WheelPin } from '@shared/runtime/tensorflow-builds'
import { getText, NetworkError } from '../downloads/http'

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
  const what = `the list of ${pin.name}`
  const { text, url } = await getText(list, { what, accept: ACCEPT, maxBytes: MAX_LIST_BYTES, signal })
  if (text === null) throw missing(pin, url)
  const found = addressIn(text, pin.file)
  if (found === undefined) throw missing(pin, url)
  const address = addressFrom(found, url)
  if (address === undefined) throw new NetworkError(`${url.host} names no address for ${pin.file}`)
  address.hash = ''
  return address.href
}

/** PEP 691, as far as it is read. */
const indexSchema = z.object({ files: z.array(z.object({ filename: z.string(), url: z.string() })) })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // cut off, or another text in braces: it names no file
  }
}

function addressFrom(text: string, base: URL): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined // told by who asks
  }
}

/** The address of a file in a simple index, as HTML or JSON has it; undefined where it has none, or is no index. */
export function addressIn(list: string, file: string): string | undefined {
  if (list.trimStart().startsWith('{')) {
    const parsed = indexSchema.safeParse(jsonOf(list))
    return parsed.data?.files.find(({ filename }) => filename === file)?.url
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
