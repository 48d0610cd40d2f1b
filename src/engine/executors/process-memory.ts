// Resident memory of a process, where the system tells cheaply: procfs is memory, so a synchronous read costs microseconds.
import { readFileSync } from 'node:fs'

/** @returns bytes, or null where it cannot be read (another platform, the process is gone). */
export function processMemory(pid: number): number | null {
  if (process.platform !== 'linux') return null
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null // it ended between listing and reading
  }
}
