// What one training takes of the machine, from its compute's process and its card: one meter per attempt. Processor seconds and
// peak memory are counters of the system's and exact; the card only tells the moment, so its readings are averaged.
import type { TrialUsage } from '@shared/search/usage'
import type { GpuMeter } from './gpu-meter'
import { forgetPeakMemory, processorSeconds, residentMemory } from './process-usage'

/**
 * Counters need no pace: this only bounds what is not known of a compute that dies, finds the peak where it cannot be reset,
 * and picks up readings of the card, which come more slowly. A sample took 80 µs on two busy cores. Chosen by us.
 */
const EVERY_MS = 1_000

export interface TrainingCard {
  /** UUID of the card, or its index where it does not tell one. */
  readonly id: string
  readonly gpus: Pick<GpuMeter, 'latest'>
}

export interface TrainingMeterOptions {
  readonly card?: TrainingCard | null
  /** Stands for `/proc` and the clock in milliseconds, the one of the card's meter; both replaced in tests, as is the pace. */
  readonly proc?: string
  readonly now?: () => number
  readonly everyMs?: number
}

export interface TrainingMeter {
  /** Since the meter was made, up to now or to `stop`; of a process that has gone, up to the last sample. */
  usage(): TrialUsage | null
  /** Ends it; what it has measured stays. */
  stop(): void
}

/** Begins to measure process `pid`; whoever asks for it stops it. */
export function measureTraining(pid: number, options: TrainingMeterOptions = {}): TrainingMeter {
  const { card = null, proc = '/proc', now = () => performance.now(), everyMs = EVERY_MS } = options
  const begunAt = now()
  const processor = processorMeter(pid, proc, now)
  const memory = memoryMeter(pid, proc)
  const onCard = card === null ? null : cardMeter(pid, card, begunAt)
  const sample = (): void => {
    processor.sample()
    memory.sample()
    onCard?.sample()
  }
  let isStopped = false
  sample()
  const timer = setInterval(sample, everyMs)
  timer.unref()
  return {
    usage: () => {
      if (!isStopped) sample()
      const usage: TrialUsage = {
        ...processor.result(),
        peakMemoryBytes: memory.peakBytes(),
        ...(onCard?.result() ?? { cardUtilisation: null, cardReadings: 0, peakCardMemoryBytes: null }),
      }
      const { cores, peakMemoryBytes, cardUtilisation, peakCardMemoryBytes } = usage
      const isNothing = [cores, peakMemoryBytes, cardUtilisation, peakCardMemoryBytes].every((value) => value === null)
      return isNothing ? null : usage
    },
    stop: () => {
      if (!isStopped) sample()
      isStopped = true
      clearInterval(timer)
    },
  }
}

function processorMeter(pid: number, proc: string, now: () => number) {
  const first = { at: now(), seconds: processorSeconds(pid, proc) }
  let last = first
  return {
    sample: (): void => {
      const seconds = processorSeconds(pid, proc)
      // One that runs backwards is of another process with the same number.
      if (seconds !== null && last.seconds !== null && seconds >= last.seconds) last = { at: now(), seconds }
    },
    result: (): Pick<TrialUsage, 'cores' | 'countedSeconds'> => {
      const countedSeconds = (last.at - first.at) / 1000
      if (first.seconds === null || last.seconds === null || countedSeconds <= 0)
        return { cores: null, countedSeconds: 0 }
      return { cores: (last.seconds - first.seconds) / countedSeconds, countedSeconds }
    },
  }
}

/**
 * A compute trains many trials and the system's peak is of its whole life: it is reset first. A peak that has risen since then is
 * this training's, whether the reset was allowed or not; one that has not is an older one's, and the largest sample stands for it.
 */
function memoryMeter(pid: number, proc: string) {
  forgetPeakMemory(pid, proc)
  const before = residentMemory(pid, proc).peakBytes
  let peak: number | null = null
  let sampled: number | null = null
  return {
    sample: (): void => {
      const { bytes, peakBytes } = residentMemory(pid, proc)
      if (bytes !== null) sampled = Math.max(sampled ?? 0, bytes)
      if (peakBytes !== null && before !== null && peakBytes > before) peak = Math.max(peak ?? 0, peakBytes)
    },
    peakBytes: (): number | null => peak ?? sampled,
  }
}

/** Counts every reading once that was asked for since `begunAt`. */
function cardMeter(pid: number, { id, gpus }: TrainingCard, begunAt: number) {
  let seen = -Infinity
  let utilisation: number | null = null
  let readings = 0
  let peak: number | null = null
  return {
    sample: (): void => {
      const { askedAt, devices, processes } = gpus.latest()
      if (askedAt < begunAt || askedAt <= seen) return
      seen = askedAt
      const told = devices.find(({ uuid, index }) => uuid === id || String(index) === id)?.utilisation ?? null
      if (told !== null) {
        utilisation = ((utilisation ?? 0) * readings + told) / (readings + 1)
        readings++
      }
      const own = processes.filter((process) => process.pid === pid)
      if (own.length === 0) return
      peak = Math.max(
        peak ?? 0,
        own.reduce((sum, { usedBytes }) => sum + usedBytes, 0),
      )
    },
    result: (): Pick<TrialUsage, 'cardUtilisation' | 'cardReadings' | 'peakCardMemoryBytes'> => ({
      cardUtilisation: utilisation,
      cardReadings: readings,
      peakCardMemoryBytes: peak,
    }),
  }
}
