// One place for a compute in the pool: the process that lives there, if any, and what is shown of it.
import type { ComputeStatus } from '@shared/contract/runtime'
import type { AppError } from '@shared/errors'
import { createUsageMeter, type ProcessUsage } from '../machine/process-usage'
import type { ComputeClient } from './pool'
import type { StartedProcess } from './process-starter'

/** A slot that dies this often in a row without finishing a job is given up until the engine restarts. */
const MAX_DEATHS_IN_A_ROW = 5

export interface Live {
  readonly process: StartedProcess
  readonly client: ComputeClient
  readonly usage: () => ProcessUsage
  /** Why the engine itself ended it; undefined while it lives, or when it died by itself. */
  endedBecause?: AppError
}

export function liveCompute(process: StartedProcess, client: ComputeClient): Live {
  return { process, client, usage: createUsageMeter(process.pid) }
}

export class Slot {
  live: Live | undefined
  isTaken = false
  deathsInARow = 0
  restarts = 0
  state: ComputeStatus['state'] = 'starting'
  device = ''
  notice: string | null = null

  constructor(readonly index: number) {}

  get isGivenUp(): boolean {
    return this.deathsInARow >= MAX_DEATHS_IN_A_ROW
  }

  private stateNow(): ComputeStatus['state'] {
    if (this.isGivenUp) return 'dead'
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
