// Whose certificates a download believes: those that Node knows and those of the file that NODE_EXTRA_CA_CERTS names, as a proxy needs that
// reads what is encrypted. Node adds the file by itself, Electron's does not.
import tls from 'node:tls'
import { readTextFile } from '@node/text-file'

/** A system's whole list has a quarter of a megabyte. */
const MAX_BYTES = 16 * 1024 * 1024

/**
 * @returns certificates in PEM for `tls.connect`; undefined for Node's own
 * @throws AppError `not-found` and `invalid-input` for a variable that names no file
 */
export async function authoritiesOf(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[] | undefined> {
  const file = env['NODE_EXTRA_CA_CERTS']
  if (!file) return undefined
  const { text } = await readTextFile(file, { what: 'certificates of NODE_EXTRA_CA_CERTS', maxBytes: MAX_BYTES })
  return [...tls.rootCertificates, text]
}
