// A disk of a few megabytes for whoever fills it: a tmpfs, where the user may mount one. Its end is the caller's.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

function mount(folder: string, bytes: number, isMounted = false): boolean {
  const size = `${isMounted ? 'remount,' : ''}size=${bytes}`
  return spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder]).status === 0
}

const unmount = (folder: string): void => void spawnSync('umount', ['--lazy', folder])

/** Root on Linux may, unless a container forbids it. */
export const canMount = ((): boolean => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gptnas-mount-'))
  const works = process.platform === 'linux' && mount(folder, 65_536)
  if (works) unmount(folder)
  rmdirSync(folder)
  return works
})()

export const FILLER = '.filler'

export interface MountedDisk {
  readonly freeBytes: () => number
  resize(bytes: number): void
  /** Leaves so many bytes free, fewer where somebody else writes meanwhile. */
  fillUpTo(leftBytes: number): void
  /** Gives back what was filled. */
  empty(): void
  unmount(): void
}

/** Mounts a disk on `folder`, which is made. @throws Error where none can be mounted */
export function mountDisk(folder: string, bytes: number): MountedDisk {
  mkdirSync(folder, { recursive: true })
  if (!mount(folder, bytes)) throw new Error(`no tmpfs could be mounted on ${folder}`)
  const filler = path.join(folder, FILLER)
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  }
  return {
    freeBytes,
    resize: (size) => {
      if (!mount(folder, size, true)) throw new Error(`the tmpfs on ${folder} could not be resized`)
    },
    fillUpTo: (left) => {
      try {
        writeFileSync(filler, Buffer.alloc(Math.max(0, freeBytes() - left)))
      } catch (thrown) {
        // Another writer took of the room after it was counted: then the disk is as full as was asked for, or fuller.
        if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC')) throw thrown
      }
    },
    empty: () => rmSync(filler, { force: true }),
    unmount: () => unmount(folder),
  }
}
