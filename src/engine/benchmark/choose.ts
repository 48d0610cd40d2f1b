// From measurements to the arrangement that becomes the default, and why, in words. Pure.
import type { BenchmarkResult, Measurement } from '@shared/contract/devices'
import { AppError } from '@shared/errors'
import { typed } from '@node/command-line'

/** Closer to the best than one measurement is to the next (decision 070): equal, and the fewest computes win, for their memory. */
const AS_GOOD = 0.95

export type Choice = Pick<BenchmarkResult, 'chosen' | 'reason'>

type Scored = Measurement & { readonly score: number }

/** @throws AppError what the first measurement failed of, when all failed */
export function choose(measurements: readonly Measurement[]): Choice {
  const good = measurements.filter((measurement): measurement is Scored => measurement.score !== null)
  const best = Math.max(...good.map(({ score }) => score))
  const [first] = measurements
  const winner = good.filter(({ score }) => score >= best * AS_GOOD).sort((a, b) => a.slots - b.slots)[0]
  if (!winner || !first)
    throw new AppError(
      'compute-died',
      `No arrangement of computes could be measured: ${first?.problem ?? 'there was none'}`,
      `Run "${typed('doctor')}".`,
    )
  const onCard = winner.device === 'gpu'
  return {
    chosen: {
      cpuSlots: onCard ? null : winner.slots,
      threadsPerSlot: onCard ? null : winner.threads,
      slotsPerGpu: onCard ? winner.slots : null,
    },
    reason: reasonOf(winner, good),
  }
}

/** "2 computes with 1 thread each", "3 computes on a card". */
export function arrangementText({ device, slots, threads }: Pick<Measurement, 'device' | 'slots' | 'threads'>): string {
  const computes = `${slots} ${slots === 1 ? 'compute' : 'computes'}`
  if (device === 'gpu') return `${computes} on a card`
  return `${computes} with ${threads} ${threads === 1 ? 'thread' : 'threads'}${slots === 1 ? '' : ' each'}`
}

function reasonOf(winner: Scored, good: readonly Scored[]): string {
  const figures = winner.rates.map(
    ({ network, imagesPerSecond }) => `${Math.round(imagesPerSecond)} images/s (${network})`,
  )
  const others = good
    .filter((other) => other !== winner)
    .map((other) => `${arrangementText(other)} ${(other.score / winner.score).toFixed(2)}`)
  const compared = others.length === 0 ? '' : ` Relative to it: ${others.join('; ')}.`
  return `${arrangementText(winner)}: ${figures.join(', ')}.${compared}`
}
