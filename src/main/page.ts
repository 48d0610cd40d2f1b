// The address of the one page, and which file an address may see. Knows nothing of Electron.
import { statSync } from 'node:fs'
import { join, normalize, sep } from 'node:path'

const SCHEME = 'app:'
const HOST = 'workbench'

export const PAGE_URL = `${SCHEME}//${HOST}/index.html`

/** The page itself, at whatever place inside it. */
export function isPage(url: string): boolean {
  return url.split('#')[0] === PAGE_URL
}

/**
 * The file a request may see, or undefined where it leaves `folder`, asks another host, names no file or cannot be read as
 * an address.
 * @param folder absolute path of the built renderer
 */
export function resolveRequest(folder: string, url: string): string | undefined {
  let file: string
  try {
    const { protocol, hostname, pathname } = new URL(url)
    if (protocol !== SCHEME || hostname !== HOST) return undefined
    file = normalize(join(folder, decodeURIComponent(pathname)))
    // A file's name cannot hold what statSync refuses by throwing (a null byte).
    return file.startsWith(folder + sep) && statSync(file, { throwIfNoEntry: false })?.isFile() === true
      ? file
      : undefined
  } catch {
    return undefined // no address, or an escape that decodes to nothing
  }
}
