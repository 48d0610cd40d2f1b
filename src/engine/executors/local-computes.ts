// The pool of computes on this machine: one process per slot, started when first needed, replaced when it dies.
// Whether a job is tried again is decided by runs/; where processes come from, by the ProcessStarter.
import { AppError } from '@shared/errors'
import type { ComputeContract } from '@shared/contract/compute'
import type { ComputeStatus } from '@shared/contract/runtime'
import { createClient } from '@shared/transport/rpc'
import type { ComputeClient, ComputeJob, ComputePool } from './pool'
import { processMemory } from './process-memory'
import type { ProcessStarter, StartedProcess } from './process-starter'

/** A compute loads TensorFlow and answers `info` within this; a cold disk needs several seconds. */
const START_LIMIT_MS = 120_000
/** Between a port closing and the exit of its process lie milliseconds; this is ample. */
const EXIT_GRACE_MS = 1_000
/** A slot that dies this often in a row without finishing a job is given up until the engine restarts. */
const MAX_DEATHS_IN_A_ROW = 5

export interface LocalComputesOptions {
  readonly slots: number
  readonly start: ProcessStarter
  /** Environment of the computes, from the self-check; asked for once, before the first start. */
  readonly environment: () => Promise<{
    readonly env: Readonly<Record<string, string>>
    readonly notices: readonly string[]
  }>
}

interface Live {
  readonly process: StartedProcess
  readonly client: ComputeClient
}

class Slot {
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

export class LocalComputes implements ComputePool {
  readonly size: number
  private readonly slots: readonly Slot[]
  private readonly waiting: ((slot: Slot) => void)[] = []
  private readonly listeners = new Set<() => void>()
  private environment: ReturnType<LocalComputesOptions['environment']> | undefined
  private isClosed = false

  constructor(private readonly options: LocalComputesOptions) {
    this.size = Math.max(1, options.slots)
    this.slots = Array.from({ length: this.size }, (_, index) => new Slot(index))
  }

  async run<T>(job: ComputeJob<T>, signal: AbortSignal): Promise<T> {
    const slot = await this.take(signal)
    try {
      const { client, process } = await this.ready(slot)
      this.show(slot, 'busy')
      const died = process.exited.then((code): never => {
        throw diedAtWork(slot.index, code)
      })
      let isKilled = false
      const kill = (): void => {
        isKilled = true
        process.kill()
      }
      const result = await Promise.race([job(client, slot.index, kill), died]).catch(
        async (thrown: unknown): Promise<never> => {
          // Or the next job would be given a process that is on its way out.
          if (isKilled) await Promise.race([process.exited, after(EXIT_GRACE_MS)])
          if (thrown instanceof AppError) throw thrown
          // A closing port rejects calls before the exit is known: tell a death from a fault of the job.
          const code = await Promise.race([process.exited, after(EXIT_GRACE_MS)])
          throw code === 'late' ? thrown : diedAtWork(slot.index, code)
        },
      )
      slot.deathsInARow = 0
      return result
    } finally {
      this.give(slot)
    }
  }

  statuses(): readonly ComputeStatus[] {
    return this.slots.map((slot) => slot.status())
  }

  onStatus(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.isClosed = true
    const live = this.slots.flatMap((slot) => slot.live ?? [])
    for (const { process } of live) process.kill()
    await Promise.all(live.map(({ process }) => process.exited))
  }

  private take(signal: AbortSignal): Promise<Slot> {
    if (signal.aborted) return Promise.reject(cancelled())
    const free = this.slots.find((slot) => !slot.isTaken)
    if (free) {
      free.isTaken = true
      return Promise.resolve(free)
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const position = this.waiting.indexOf(receive)
        if (position >= 0) this.waiting.splice(position, 1)
        reject(cancelled())
      }
      const receive = (slot: Slot): void => {
        signal.removeEventListener('abort', onAbort)
        resolve(slot)
      }
      this.waiting.push(receive)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** Hands the slot to who waits longest, or frees it. */
  private give(slot: Slot): void {
    const next = this.waiting.shift()
    if (next) {
      next(slot)
      return
    }
    slot.isTaken = false
    this.show(slot, slot.live ? 'idle' : slot.state)
  }

  private async ready(slot: Slot): Promise<Live> {
    if (slot.live) return slot.live
    if (this.isClosed) throw new AppError('cancelled', 'The engine is closing.')
    if (slot.isGivenUp) {
      throw new AppError(
        'runtime-missing',
        `The compute of slot ${slot.index} ended ${slot.deathsInARow} times in a row without finishing anything.`,
        'Run "gpt-nas doctor", then start the workbench again.',
      )
    }
    this.show(slot, slot.restarts > 0 ? 'restarting' : 'checking')
    const { env, notices } = await (this.environment ??= this.options.environment())
    this.show(slot, slot.restarts > 0 ? 'restarting' : 'starting')
    const process = await this.options.start('compute', env)
    const client = createClient<ComputeContract>(process.port)
    slot.live = { process, client }
    void process.exited.then(() => this.died(slot, process))
    const info = await withinLimit(client.info(), process)
    slot.device = info.device
    slot.notice = [...notices, ...info.selfCheck.notices].join(' ') || null
    return slot.live
  }

  private died(slot: Slot, process: StartedProcess): void {
    if (slot.live?.process !== process) return
    process.port.close()
    slot.live = undefined
    slot.deathsInARow++
    slot.restarts++
    this.show(slot, 'idle')
  }

  private show(slot: Slot, state: ComputeStatus['state']): void {
    slot.state = state
    for (const listener of this.listeners) listener()
  }
}

const after = (ms: number): Promise<'late'> => new Promise((resolve) => setTimeout(() => resolve('late'), ms))

const diedAtWork = (slot: number, code: number | null): AppError =>
  new AppError(
    'compute-died',
    `The compute of slot ${slot} ended with code ${code ?? 'none'} in the middle of its work.`,
    'The trial is tried again by itself.',
  )

const cancelled = (): AppError => new AppError('cancelled', 'The job was cancelled before it began.')

/** @throws AppError `runtime-missing` when the process does not answer in time; it is then killed. */
async function withinLimit<T>(answer: Promise<T>, process: StartedProcess): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      process.kill()
      reject(
        new AppError(
          'runtime-missing',
          `A compute did not answer within ${START_LIMIT_MS / 1000} s of its start.`,
          'Run "gpt-nas doctor".',
        ),
      )
    }, START_LIMIT_MS)
  })
  const death = (code: number | null): AppError =>
    new AppError(
      'compute-died',
      `A compute ended with code ${code ?? 'none'} while it started.`,
      'Run "gpt-nas doctor".',
    )
  const died = process.exited.then((code): never => {
    throw death(code)
  })
  const told = answer.catch(async (thrown: unknown): Promise<never> => {
    if (thrown instanceof AppError) throw thrown
    // A closing port rejects the question before the exit is known: a program that is not there looks like a fault of ours.
    const code = await Promise.race([process.exited, after(EXIT_GRACE_MS)])
    throw code === 'late' ? thrown : death(code)
  })
  try {
    return await Promise.race([told, limit, died])
  } finally {
    clearTimeout(timer)
  }
}
