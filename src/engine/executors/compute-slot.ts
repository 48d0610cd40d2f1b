// One place for a compute in the pool: the process that lives there, if any, and what is shown of it.
import type { ComputeStatus } from '@shared/contract/runtime'
import { AppError } from '@shared/errors'
import { endedText } from '@shared/runtime/process-end'
import { createUsageMeter, type ProcessUsage } from '../machine/process-usage'
import type { MemoryKills } from './memory-kills'
import type { ComputeClient } from './pool'
import type { StartedProcess } from './process-starter'
import type { ThreadsWanted } from './threads'

/** A slot that dies this often in a row without finishing a job is given up until the engine restarts. */
const MAX_DEATHS_IN_A_ROW = 5

export interface Live {
  readonly process: StartedProcess
  readonly client: ComputeClient
  readonly usage: () => ProcessUsage
  /** It has said who it is: its end is not a fault of its start. */
  isReady: boolean
  /** The engine itself ended it: for its job, for other threads, or because nobody needs it. */
  isKilled: boolean
  /** Why the engine itself ended it; undefined while it lives, or when it died by itself. */
  endedBecause?: AppError
  /** Ends it from here. */
  kill(): void
  /** What to tell whoever works with it, once it has ended with `code`; the same at every call. */
  whyEnded(code: number | null): AppError
}

export function liveCompute(slot: number, process: StartedProcess, client: ComputeClient, kills: MemoryKills): Live {
  const memory = kills.watch(process.pid)
  // Counted from 1, as the window and the doctor name them.
  const name = `Compute ${slot + 1}`
  let why: AppError | undefined
  const live: Live = {
    process,
    client,
    usage: createUsageMeter(process.pid),
    isReady: false,
    isKilled: false,
    whyEnded: (code) => {
      memory.stop()
      return (why ??= live.endedBecause ?? (live.isKilled ? null : memory.ended(name, code)) ?? diedAtWork(name, code))
    },
    kill: () => {
      live.isKilled = true
      process.kill()
    },
  }
  return live
}

const diedAtWork = (name: string, code: number | null): AppError =>
  new AppError(
    'compute-died',
    `${name} ${endedText(code)} in the middle of its work.`,
    'The trial is tried again by itself.',
  )

export class Slot {
  live: Live | undefined
  /** Settles when the process that was here before has gone. */
  ending: Promise<unknown> = Promise.resolve()
  /** What its process was started with. */
  threads: ThreadsWanted = 'of-slot'
  isTaken = false
  deathsInARow = 0
  restarts = 0
  state: ComputeStatus['state'] = 'starting'
  device = ''
  notice: string | null = null
  /** Its card is gone: no job comes here any more. */
  isClosed = false

  constructor(readonly index: number) {}

  get isGivenUp(): boolean {
    return this.deathsInARow >= MAX_DEATHS_IN_A_ROW
  }

  private stateNow(): ComputeStatus['state'] {
    if (this.isGivenUp || this.isClosed) return 'dead'
    return this.live || this.isTaken ? this.state : 'idle'
  }

  status(): ComputeStatus {
    const pid = this.live?.process.pid ?? null
    const { cores, memoryBytes } = this.live?.usage() ?? { cores: null, memoryBytes: null }
    return {
      slot: this.index,
      state: this.stateNow(),
      pid,
      device: this.device,
      cores,
      memoryBytes,
      // The driver is asked by whoever shows it (services/runtime): a status must not start a program.
      gpuMemoryBytes: null,
      restarts: this.restarts,
      notice: this.notice,
    }
  }
}
