// Computes and self-checks as processes in memory: they pass every check and train at a steady pace until nobody listens.
import { implement } from '@orpc/server'
import { computeContract, type SelfCheck } from '@shared/contract/compute'
import { selfCheckContract } from '@shared/contract/self-check'
import { memoryPorts } from '@shared/transport/port'
import { serveRouter } from '@shared/transport/rpc'
import { delay } from '@node/waiting'
import type { ProcessStarter } from '../executors/process-starter'

export interface TrainingProcesses {
  readonly start: ProcessStarter
  /** Computes alive at the moment. */
  live(): number
  /** Most that were alive at once. */
  most(): number
  /** Ends every compute as a crash would. */
  crash(): void
}

const SELF_CHECK: SelfCheck = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }

/** @param stepMs between two steps of each compute */
export function trainingProcesses(stepMs = 5): TrainingProcesses {
  let pids = 0
  let most = 0
  const live = new Map<number, (code: number | null) => void>()
  const start: ProcessStarter = (kind) => {
    const [server, port] = memoryPorts()
    const pid = ++pids
    let end: (code: number | null) => void = () => undefined
    const exited = new Promise<number | null>((resolve) => (end = resolve))
    const os = implement(computeContract)
    const check = implement(selfCheckContract)
    if (kind === 'compute') {
      live.set(pid, end)
      most = Math.max(most, live.size)
    }
    const leave = (code: number | null): void => {
      live.delete(pid)
      server.close()
      end(code)
    }
    if (live.has(pid)) live.set(pid, leave)
    if (kind === 'self-check') {
      const device = check.device.handler(() => ({ device: 'cpu' as const }))
      serveRouter({ run: check.run.handler(() => SELF_CHECK), device }, server)
    } else {
      const train = os.train.handler(async function* ({ input, signal }) {
        for (let step = 1; signal?.aborted !== true; step++) {
          await delay(stepMs, signal)
          yield { type: 'step' as const, lease: input.lease, epoch: 1, step, loss: 1 }
        }
      })
      const info = { pid, tensorflow: '2', binding: 'memory', device: 'CPU', selfCheck: SELF_CHECK }
      serveRouter({ info: os.info.handler(() => info), idle: os.idle.handler(() => ({})), train }, server)
    }
    return Promise.resolve({ pid, port, exited, kill: () => leave(null) })
  }
  return {
    start,
    live: () => live.size,
    most: () => most,
    crash: () => {
      for (const leave of [...live.values()]) leave(139)
    },
  }
}
