// One place for a compute in the pool: the process that lives there, if any, and what is shown of it.
import type { ComputeStatus } from '@shared/contract/runtime'
import type { ComputeClient } from './pool'
import { processMemory } from './process-memory'
import type { StartedProcess } from './process-starter'

/** A slot that dies this often in a row without finishing a job is given up until the engine restarts. */
const MAX_DEATHS_IN_A_ROW = 5

export interface Live {
  readonly process: StartedProcess
  readonly client: ComputeClient
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
    const memoryBytes = pid === null ? null : processMemory(pid)
    return {
      slot: this.index,
      state: this.stateNow(),
      pid,
      device: this.device,
      memoryBytes,
      restarts: this.restarts,
      notice: this.notice,
    }
  }
}
