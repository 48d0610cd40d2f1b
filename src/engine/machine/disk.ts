// Free space of the disk a folder lies on.
import path from 'node:path'
import { fsSize } from 'systeminformation'

/** Bytes free for the user; null where the system does not tell. */
export async function freeBytes(folder: string): Promise<number | null> {
  const disks = await fsSize()
  const inside = disks.filter(({ mount }) => {
    const relative = path.relative(mount, folder)
    return relative === '' || !(relative.startsWith('..') || path.isAbsolute(relative))
  })
  const nearest = inside.sort((a, b) => b.mount.length - a.mount.length)[0]
  return nearest === undefined ? null : nearest.available
}
