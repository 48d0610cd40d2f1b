// Everything below a folder, byte for byte: what a test compares before and after something that must not touch it.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'

/** Content by path: a file's bytes in base64, a link's target, null for folders (whose path ends in "/") and devices. */
export function listing(folder: string, depth = Infinity, below = ''): Record<string, string | null> {
  const found: Record<string, string | null> = {}
  for (const name of readdirSync(path.join(folder, below)).sort()) {
    const place = path.join(folder, below, name)
    const info = lstatSync(place)
    if (info.isDirectory()) {
      found[`${below}${name}/`] = null
      if (depth > 1) Object.assign(found, listing(folder, depth - 1, `${below}${name}/`))
    } else if (info.isSymbolicLink()) found[`${below}${name}`] = `-> ${readlinkSync(place)}`
    else found[`${below}${name}`] = info.isFile() && depth > 1 ? readFileSync(place).toString('base64') : null
  }
  return found
}
