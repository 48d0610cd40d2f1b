// Which arrangements of computes a benchmark tries, in which order, and when a card has had enough. How one is measured is handed
// in, so that the order can be tested without a machine.
import type { Measurement } from '@shared/contract/devices'
import { AppError, errorData } from '@shared/errors'
import { MEMORY_PER_COMPUTE, type PlannedGpu, type PlannedMachine, type PlannedSlot } from '../executors/device-plan'
import type { Rate } from './measure-together'

/** Issue 5: 1 to 8 slots on a card. */
const MAX_SLOTS_PER_GPU = 8
/** One more compute on a card must bring so much, or it only takes memory (more than the noise of a measurement, decision 070). */
const WORTHWHILE_GAIN = 1.05
/** Arrangements are measured in turns, so that a minute in which the machine was busy does not decide between them. */
const ROUNDS = 2

export interface Measured {
  readonly rates: readonly Rate[]
  /** Largest device memory that one compute held; null where it is not known. */
  readonly gpuBytes: number | null
}
type Attempt = Measured | { readonly problem: string }
export type Measure = (slots: readonly PlannedSlot[]) => Promise<Measured>

/** Arrangements of one machine's cores: one compute with all of them, one for each, and the doublings between, as memory allows. */
export function cpuArrangements({
  cores,
  memoryBytes,
}: Pick<PlannedMachine, 'cores' | 'memoryBytes'>): PlannedSlot[][] {
  const most = Math.max(1, Math.min(cores, Math.floor(memoryBytes / MEMORY_PER_COMPUTE)))
  const counts: number[] = []
  for (let count = 1; count < most; count *= 2) counts.push(count)
  counts.push(most)
  return counts.map((count) =>
    Array.from({ length: count }, () => ({ threads: Math.floor(cores / count), gpu: null, gpuMemoryBytes: null })),
  )
}

/** Geometric mean over the networks of the rate relative to the first arrangement's. */
function scoreOf(rates: readonly Rate[], first: readonly Rate[]): number {
  const logs = rates.map(({ imagesPerSecond }, index) => Math.log(imagesPerSecond / first[index]!.imagesPerSecond))
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
}

export type ExplorationStep =
  | { readonly type: 'trying'; readonly slots: readonly PlannedSlot[]; readonly of: number | null }
  | {
      readonly type: 'measured'
      readonly measurement: Measurement
    }

/**
 * Tries arrangements on the processor, or on the first of the cards: several cards of a machine are nearly always alike.
 * An arrangement that fails is told with its problem and skipped.
 * @throws what cancelled the whole
 */
export async function* explore(machine: PlannedMachine, measure: Measure): AsyncGenerator<ExplorationStep, void, void> {
  const [card] = machine.gpus
  if (card) yield* exploreCard(card, machine.cores, measure)
  else yield* exploreCores(machine, measure)
}

async function* exploreCores(machine: PlannedMachine, measure: Measure): AsyncGenerator<ExplorationStep, void, void> {
  const arrangements = cpuArrangements(machine)
  const of = ROUNDS * arrangements.length
  let first: readonly Rate[] | undefined
  const results = arrangements.map((): Attempt => ({ problem: 'was not measured' }))
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [index, slots] of arrangements.entries()) {
      yield { type: 'trying', slots, of }
      results[index] = better(results[index]!, await attempt(slots, measure))
      if (round < ROUNDS) continue
      const measured = results[index]!
      if (!('problem' in measured)) first ??= measured.rates
      yield { type: 'measured', measurement: measurementOf(slots, measured, first) }
    }
  }
}

/** Of two attempts at one arrangement the faster rates: what slows a training down comes from outside. */
function better(before: Attempt, now: Attempt): Attempt {
  if ('problem' in before || 'problem' in now) return 'problem' in now && !('problem' in before) ? before : now
  const rates = now.rates.map((rate, index) => {
    const earlier = before.rates[index]!
    return earlier.imagesPerSecond > rate.imagesPerSecond ? earlier : rate
  })
  return { ...now, rates }
}

async function* exploreCard(
  card: PlannedGpu,
  cores: number,
  measure: Measure,
): AsyncGenerator<ExplorationStep, void, void> {
  let first: readonly Rate[] | undefined
  let best = 0
  for (let count = 1; count <= MAX_SLOTS_PER_GPU; count++) {
    const slot = { threads: Math.max(1, Math.floor(cores / count)), gpu: card, gpuMemoryBytes: null }
    const slots = Array.from({ length: count }, () => slot)
    yield { type: 'trying', slots, of: null }
    const measured = await attempt(slots, measure)
    if ('problem' in measured) {
      yield { type: 'measured', measurement: measurementOf(slots, measured, first) }
      return
    }
    first ??= measured.rates
    const measurement = measurementOf(slots, measured, first)
    yield { type: 'measured', measurement }
    const isFull =
      card.memoryBytes !== null && measured.gpuBytes !== null && (count + 1) * measured.gpuBytes > card.memoryBytes
    if (isFull || measurement.score! < best * WORTHWHILE_GAIN) return
    best = measurement.score!
  }
}

async function attempt(slots: readonly PlannedSlot[], measure: Measure): Promise<Attempt> {
  try {
    return await measure(slots)
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'cancelled') throw thrown
    return { problem: errorData(thrown).message }
  }
}

function measurementOf(
  slots: readonly PlannedSlot[],
  measured: Attempt,
  first: readonly Rate[] | undefined,
): Measurement {
  const { gpu, threads } = slots[0]!
  const about = { device: gpu === null ? ('cpu' as const) : ('gpu' as const), slots: slots.length, threads }
  if ('problem' in measured) return { ...about, rates: [], score: null, problem: measured.problem }
  return { ...about, rates: [...measured.rates], score: scoreOf(measured.rates, first!), problem: null }
}
