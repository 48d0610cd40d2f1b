// The pool of computes on this machine: one process per slot, started when first needed, replaced when it dies.
// Whether a job is tried again is decided by runs/; where processes come from, by the ProcessStarter.
import { AppError } from '@shared/errors'
import type { ComputeContract } from '@shared/contract/compute'
import type { ComputeStatus } from '@shared/contract/runtime'
import { createClient } from '@shared/transport/rpc'
import { typed } from '@node/command-line'
import { orAborted } from '@node/cancel'
import { liveCompute, Slot, type Live } from './compute-slot'
import { MemoryKillError, MemoryKills } from './memory-kills'
import type { ComputeJob, ShapedPool } from './pool'
import type { ProcessStarter } from './process-starter'
import { answerOrDeath, exitSoon, withinStartLimit } from './answer-or-death'
import { isSameThreads, type ThreadsWanted } from './threads'

export interface LocalComputesOptions {
  readonly slots: number
  readonly start: ProcessStarter
  /** Environment of a slot's compute, from the self-check, its device and its threads; asked for before every start. */
  readonly environment: (
    slot: number,
    threads: ThreadsWanted,
  ) => Promise<{
    readonly env: Readonly<Record<string, string>>
    readonly notices: readonly string[]
  }>
  /**
   * Asked when a compute has died at its work, or runs on another device than its slot's: whether the card is gone. `closed`: other cards
   * go on without it; `replaced`: the slot is one of the processor now.
   */
  readonly cardLost?: (slot: number) => Promise<'closed' | 'replaced' | null>
  /** Replaced in tests, where the kernel is to have ended a compute. */
  readonly memoryKills?: MemoryKills
}

export class LocalComputes implements ShapedPool {
  private slots: readonly Slot[]
  private readonly waiting: ((slot: Slot) => void)[] = []
  private readonly listeners = new Set<() => void>()
  private readonly memoryKills: MemoryKills
  private isHeld = false
  private isClosed = false

  constructor(private readonly options: LocalComputesOptions) {
    this.slots = newSlots(options.slots)
    this.memoryKills = options.memoryKills ?? new MemoryKills()
  }

  get size(): number {
    return this.slots.length
  }

  async run<T>(job: ComputeJob<T>, signal: AbortSignal, threads?: ThreadsWanted): Promise<T> {
    const slot = await this.take(signal)
    const live = await this.readyOrCancelled(slot, signal, threads)
    const { client, process } = live
    const deathsBefore = slot.deathsInARow
    let isDone = false
    try {
      this.show(slot, 'busy')
      const work = job(client, slot.index, () => live.kill())
      const result = await answerOrDeath(work, process, (code) => live.whyEnded(code))
      isDone = true
      return result
    } catch (thrown) {
      // Known before the job is tried again, or it would come back to where no card is.
      if (!live.isKilled && thrown instanceof AppError && thrown.code === 'compute-died') await this.lookForCard(slot)
      throw thrown
    } finally {
      // Or the next job would be given a process that is on its way out.
      if (live.isKilled) await exitSoon(process)
      if (isDone) slot.deathsInARow = 0
      // Ended because nobody wants its work any more: no fault of its own.
      else if (live.isKilled && signal.aborted) slot.deathsInARow = deathsBefore
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
    for (const compute of live) compute.kill()
    await Promise.all([...live.map(({ process }) => process.exited), ...this.slots.map(({ ending }) => ending)])
  }

  fail(slot: number, error: AppError): void {
    const live = this.slots[slot]?.live
    if (!live) return
    live.endedBecause = error
    live.process.kill()
  }

  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    this.refuseBusy()
    this.isHeld = true
    this.hold()
    try {
      await this.empty()
      return await work()
    } finally {
      this.isHeld = false
      for (const slot of this.slots) this.give(slot)
    }
  }

  async reshape(slots: number): Promise<void> {
    if (!this.isHeld) return this.exclusively(() => this.reshape(slots))
    this.slots = newSlots(slots)
    this.hold()
  }

  private async lookForCard(slot: Slot): Promise<void> {
    const lost = (await this.options.cardLost?.(slot.index)) ?? null
    if (lost === null) return
    slot.deathsInARow = 0
    slot.device = ''
    if (lost === 'replaced') return
    slot.isClosed = true
    slot.notice = 'Its card does not answer any more.'
  }

  private hold(): void {
    for (const slot of this.slots) {
      slot.isTaken = true
      this.show(slot, 'busy')
    }
  }

  /** Ends the processes of all slots: their memory and cores are wanted, or their environment has changed. */
  private async empty(): Promise<void> {
    for (const slot of this.slots) await end(slot)
  }

  private refuseBusy(): void {
    const busy = this.slots.filter(({ isTaken }) => isTaken).length
    if (busy === 0) return
    throw new AppError(
      'conflict',
      this.isHeld ? 'The computes are being measured.' : `${busy} of ${this.size} computes are at work.`,
      'Wait until it is done, or pause what is running.',
    )
  }

  private take(signal: AbortSignal): Promise<Slot> {
    if (signal.aborted) return Promise.reject(cancelled())
    const free = this.slots.find((slot) => !slot.isTaken && !slot.isClosed)
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
    if (slot.isClosed) {
      slot.isTaken = false
      this.show(slot, 'idle')
      return
    }
    const next = this.waiting.shift()
    if (next) {
      next(slot)
      return
    }
    slot.isTaken = false
    this.show(slot, slot.live ? 'idle' : slot.state)
  }

  /** A start takes seconds, a first one with its self-check longer: who does not want it any more need not wait for it. */
  private async readyOrCancelled(slot: Slot, signal: AbortSignal, threads?: ThreadsWanted): Promise<Live> {
    const starting = this.ready(slot, threads)
    try {
      return await orAborted(starting, signal, NOT_BEGUN)
    } catch (thrown) {
      // The slot is free once its start has come to an end, wanted or not.
      const free = (): void => this.give(slot)
      starting.then(free, free)
      throw thrown
    }
  }

  private refuseClosed(): void {
    if (this.isClosed) throw new AppError('cancelled', 'The engine is closing.')
  }

  private async ready(slot: Slot, threads?: ThreadsWanted): Promise<Live> {
    if (slot.live && (threads === undefined || isSameThreads(threads, slot.threads))) return slot.live
    await end(slot)
    slot.threads = threads ?? 'of-slot'
    this.refuseClosed()
    if (slot.isGivenUp) {
      throw new AppError(
        'runtime-missing',
        `Compute ${slot.index + 1} ended ${slot.deathsInARow} times in a row without finishing anything.`,
        `Run "${typed('doctor')}", then start the workbench again.`,
      )
    }
    // TensorFlow would train on the processor without a word where the card has gone since.
    await this.lookForCard(slot)
    if (slot.isClosed)
      throw new AppError(
        'compute-died',
        `The card of compute ${slot.index + 1} is gone.`,
        'The trial is tried again by itself.',
      )
    this.show(slot, slot.restarts > 0 ? 'restarting' : 'checking')
    const { env, notices } = await this.options.environment(slot.index, slot.threads)
    this.refuseClosed()
    this.show(slot, slot.restarts > 0 ? 'restarting' : 'starting')
    const process = await this.options.start('compute', env)
    if (this.isClosed) process.kill()
    this.refuseClosed()
    const client = createClient<ComputeContract>(process.port)
    const live = liveCompute(slot.index, process, client, this.memoryKills)
    slot.live = live
    void process.exited.then((code) => this.died(slot, live, code))
    const info = await withinStartLimit(client.info(), process, env).catch((thrown: unknown): never => {
      // What could not even say who it is must not be taken for ready by the next job.
      live.kill()
      throw thrown
    })
    live.isReady = true
    slot.device = info.device
    slot.notice = [...notices, ...info.selfCheck.notices].join(' ') || null
    return live
  }

  private died(slot: Slot, live: Live, code: number | null): void {
    const why = live.whyEnded(code)
    if (slot.live !== live) return
    live.process.port.close()
    // Ended for what its job took of the machine, from here or by the system: no fault of the slot.
    const isOfItsJob = live.endedBecause !== undefined || (why instanceof MemoryKillError && live.isReady)
    if (!isOfItsJob) slot.deathsInARow++
    slot.live = undefined
    slot.restarts++
    this.show(slot, 'idle')
  }

  private show(slot: Slot, state: ComputeStatus['state']): void {
    slot.state = state
    for (const listener of this.listeners) listener()
  }
}

/** Ends a slot's process, if any, which is no fault of the slot's. */
async function end(slot: Slot): Promise<void> {
  const { live } = slot
  if (!live) return
  slot.live = undefined
  slot.ending = live.process.exited
  live.kill()
  await live.process.exited
  live.process.port.close()
}

const newSlots = (count: number): Slot[] => Array.from({ length: Math.max(1, count) }, (_, index) => new Slot(index))

const NOT_BEGUN = 'The job was cancelled before it began.'
const cancelled = (): AppError => new AppError('cancelled', NOT_BEGUN)
