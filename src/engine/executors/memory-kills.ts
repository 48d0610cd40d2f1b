// Tells a compute that the kernel ended for want of memory from one that died otherwise. The kernel says nothing to anybody: the
// process gets the SIGKILL that everybody may send, and a counter of its control group rises. Linux only; elsewhere, and where
// nothing counts, a death stays a death.
import os from 'node:os'
import { AppError } from '@shared/errors'
import { controlGroup, memoryKills, memoryLimit, type ReadFile } from '@shared/runtime/control-groups'
import { readableBytes } from '@shared/units'
import { readSystemFile } from '@node/system-file'

/** The kernel ended the process under a job because there was no memory left. */
export class MemoryKillError extends AppError {
  constructor(message: string) {
    super(
      'out-of-memory',
      message,
      'Lower the batch size or the cost limit of the space, train fewer candidates at once, or raise the memory limit.',
    )
  }
}

/** Whether the process under a job is gone, so that the same job may work in another one. */
export const hasLostCompute = (thrown: unknown): boolean =>
  thrown instanceof MemoryKillError || (thrown instanceof AppError && thrown.code === 'compute-died')

/**
 * Exit codes that a SIGKILL comes with: the shell's 128 + 9 from Node, the bare signal from Electron 22's utility process
 * (measured), none where it is not known. Any other code is another end, whatever the counter says.
 */
const { SIGKILL } = os.constants.signals
const KILLED_CODES: readonly (number | null)[] = [null, SIGKILL, 128 + SIGKILL]
/** What a compute held is told as it was at most this long before its end. */
const SAMPLE_EVERY_MS = 1_000

/**
 * Memory of a process that nobody shares: what its limit counts. Resident memory would also hold mapped files, TensorFlow among
 * them, and read as more than the limit allows.
 */
function ownBytes(read: ReadFile, pid: number): number | null {
  const kilobytes = /^RssAnon:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

export interface MemoryWatch {
  /** @returns the error where the process ended for want of memory, else null. Call it once, when the process has ended. */
  ended(name: string, code: number | null): MemoryKillError | null
  /** For an end that is somebody's own doing. `ended` stops as well. */
  stop(): void
}

/** One for all computes of a pool: two of them may share a control group, whose kills count for one of them each. */
export class MemoryKills {
  /** Kills already told, by group. */
  private readonly known = new Map<string, number>()

  /** @param read replaced in tests, as is `totalBytes`, the memory of the machine */
  constructor(
    private readonly read: ReadFile = readSystemFile,
    private readonly totalBytes = os.totalmem(),
  ) {}

  /**
   * Begins to watch a process that has just started: afterwards nobody can ask for its group. A process that is moved later, or
   * a group that is gone by its end, cannot be told.
   */
  watch(pid: number): MemoryWatch {
    const group = controlGroup(this.read, 'memory', pid)
    const key = group?.folders.join() ?? ''
    const count = (): number | null => memoryKills(this.read, group)
    // Kills as of the last sample and of the one before: a kill of another program long ago must not explain a death of today,
    // and one moment before the end of this process must.
    let [before, latest] = [count(), count()]
    let held = ownBytes(this.read, pid)
    const timer = setInterval(() => {
      held = ownBytes(this.read, pid) ?? held
      ;[before, latest] = [latest, count()]
    }, SAMPLE_EVERY_MS)
    timer.unref()
    return {
      stop: () => clearInterval(timer),
      ended: (name, code) => {
        clearInterval(timer)
        const now = count()
        const known = Math.max(before ?? 0, this.known.get(key) ?? 0)
        if (before === null || now === null || now <= known || !KILLED_CODES.includes(code)) return null
        this.known.set(key, known + 1)
        const limit = memoryLimit(this.read, group) ?? Infinity
        const where =
          limit < this.totalBytes
            ? `its control group may hold ${readableBytes(limit)}`
            : `this machine has ${readableBytes(this.totalBytes)}`
        const last = held === null ? '' : `, and it held ${readableBytes(held)}`
        return new MemoryKillError(`${name} ran out of memory and was ended by the system: ${where}${last}.`)
      },
    }
  }
}
