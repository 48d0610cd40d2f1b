// Free space of the disk a folder lies on.
import * as files from 'node:fs/promises'
import path from 'node:path'
import { fsSize } from 'systeminformation'

/** Bytes free for the user on the disk of `folder`, which need not exist yet; null where the system does not tell. */
export async function freeBytes(folder: string): Promise<number | null> {
  // Node tells since 18.15; Electron 22's does not.
  const { statfs } = files as Partial<typeof files>
  if (statfs === undefined) return nearestMount(folder)
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const info = await statfs(at).catch(() => undefined)
    if (info !== undefined) return info.bavail * info.bsize
    if (path.dirname(at) === at) return null
  }
}

async function nearestMount(folder: string): Promise<number | null> {
  const disks = await fsSize()
  const inside = disks.filter(({ mount }) => {
    const relative = path.relative(mount, folder)
    return relative === '' || !(relative.startsWith('..') || path.isAbsolute(relative))
  })
  const nearest = inside.sort((a, b) => b.mount.length - a.mount.length)[0]
  return nearest === undefined ? null : nearest.available
}
