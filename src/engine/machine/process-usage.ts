// What one process takes of the machine: processor time and resident memory, from procfs. procfs is memory, so reading it
// synchronously costs microseconds. Other systems tell nothing this cheaply: null.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { readSystemFile } from '@node/system-file'

export interface ProcessUsage {
  /** Cores kept busy since the reading before, e.g. 1.8; null at the first reading. */
  readonly cores: number | null
  /** Resident memory. */
  readonly memoryBytes: number | null
}

/** USER_HZ, which is 100 on every architecture that Linux and Node support (man 5 proc, man 7 time). */
const TICKS_PER_SECOND = 100
/** Several askers share a meter; a span shorter than this is told in too few ticks (50 at most) to mean anything. */
const SHORTEST_SPAN_MS = 500

/** Processor time of a process so far, all threads, in seconds; null where it cannot be read. */
export function processorSeconds(pid: number, proc = '/proc'): number | null {
  const text = readSystemFile(path.join(proc, String(pid), 'stat')) ?? ''
  // The name, in brackets, may hold anything; user and system time are fields 14 and 15, the state after the name is 3.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : null
}

export interface ResidentMemory {
  readonly bytes: number | null
  /** The most it has been since the process began, or since `forgetPeakMemory`. */
  readonly peakBytes: number | null
}

/** Resident memory of a process; null where it cannot be read. */
export function residentMemory(pid: number, proc = '/proc'): ResidentMemory {
  const status = readSystemFile(path.join(proc, String(pid), 'status')) ?? ''
  return {
    bytes: kilobytes(/^VmRSS:\s+(\d+) kB/m.exec(status)),
    peakBytes: kilobytes(/^VmHWM:\s+(\d+) kB/m.exec(status)),
  }
}

const kilobytes = (match: RegExpExecArray | null): number | null => (match === null ? null : Number(match[1]) * 1024)

/**
 * Sets a process's peak memory back to what it holds now (man 5 proc_pid_clear_refs, value 5; since Linux 4.0). Only its owner
 * may, and not for every process: where it is refused the peak of before stays.
 */
export function forgetPeakMemory(pid: number, proc = '/proc'): void {
  try {
    writeFileSync(path.join(proc, String(pid), 'clear_refs'), '5')
  } catch {
    // Told by the peak itself: it does not rise then unless the old one is passed.
  }
}

/**
 * A meter of one process; call it as often as wanted.
 * @param proc stands for `/proc` and `now` for the clock in milliseconds; both replaced in tests
 */
export function createUsageMeter(pid: number, proc = '/proc', now = () => performance.now()): () => ProcessUsage {
  let last = { at: now(), seconds: processorSeconds(pid, proc) }
  let cores: number | null = null
  return () => {
    const at = now()
    if (at - last.at >= SHORTEST_SPAN_MS) {
      const seconds = processorSeconds(pid, proc)
      cores =
        seconds === null || last.seconds === null ? null : Math.max(0, seconds - last.seconds) / ((at - last.at) / 1000)
      last = { at, seconds }
    }
    return { cores, memoryBytes: residentMemory(pid, proc).bytes }
  }
}
