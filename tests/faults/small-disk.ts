// A disk of a few megabytes for a test that fills it: gone when the test has finished.
import { onTestFinished } from 'vitest'
import { mountDisk, type MountedDisk } from './mounted-disk'

export { canMount } from './mounted-disk'
export type SmallDisk = MountedDisk

/** Mounts a disk on `folder`, which is made; gone when the running test has finished. */
export function smallDisk(folder: string, bytes: number): SmallDisk {
  const disk = mountDisk(folder, bytes)
  onTestFinished(() => disk.unmount())
  return disk
}
