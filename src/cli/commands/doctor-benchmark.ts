// gpt-nas doctor --benchmark: measures how computes train fastest here and makes it the default. Ctrl-C ends it, changing nothing.
import type { BenchmarkResult, Measurement } from '@shared/contract/devices'
import { AppError } from '@shared/errors'
import { typed } from '@node/command-line'
import type { CommandContext } from '../command'
import { bar, percent, table } from '../format'

function row({ device, slots, threads, rates, score, problem }: Measurement): string[] {
  const figures = rates.map(({ network, imagesPerSecond }) => `${network} ${Math.round(imagesPerSecond)}`)
  return [
    device.toUpperCase(),
    String(slots),
    String(threads),
    problem ?? figures.join(', '),
    score === null ? '' : score.toFixed(2),
  ]
}

/** A benchmark as text. @param staleBecause why it no longer counts */
export function benchmarkText(result: BenchmarkResult, staleBecause: string | null): string {
  const { measuredAt, machine, oneDnn, measurements, reason } = result
  return [
    `Measured ${measuredAt.slice(0, 16).replace('T', ' ')} UTC on ${machine.processor}, ${machine.cores} cores, oneDNN ${oneDnn ? 'on' : 'off'}:`,
    table(['Device', '>Computes', '>Threads each', 'Images/s', '>Relative'], measurements.map(row)),
    staleBecause === null ? `Chosen: ${reason}` : `It does not count. ${staleBecause}`,
  ].join('\n')
}

/** Runs the benchmark with its progress. @returns null when Ctrl-C ended it */
export async function runBenchmark({
  client,
  output,
}: Pick<CommandContext, 'client' | 'output'>): Promise<BenchmarkResult | null> {
  const controller = new AbortController()
  const interrupt = (): void => {
    output.note('Ending the measurement; nothing is changed.')
    controller.abort()
  }
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    for await (const event of await client.runtime.benchmark(undefined, { signal: controller.signal })) {
      if (event.type === 'progress') {
        output.note(`${event.message} ...`)
        if (event.fraction !== null) output.live([`${bar(event.fraction)} ${percent(event.fraction)}`])
      } else if (event.type === 'measured') output.note(`  ${row(event.measurement).slice(3).join('  ')}`)
      else return event.result
    }
    if (controller.signal.aborted) return null
    throw new AppError('internal', 'The benchmark ended without a result.', `Run "${typed('doctor')}".`)
  } catch (thrown) {
    if (controller.signal.aborted) return null
    throw thrown
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}
