// Measures one arrangement of computes: so many processes, each with its slot's environment, train at the same time for some
// seconds with the product's own recorded step. The processes are started for it and ended after it.
import type { ComputeContract } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { createClient } from '@shared/transport/rpc'
import { endedText } from '@shared/runtime/process-end'
import { childController, orAborted, refuseCancelled } from '@node/cancel'
import { within } from '@node/waiting'
import type { ComputeClient } from '../executors/pool'
import type { ProcessStarter, StartedProcess } from '../executors/process-starter'
import { withinStartLimit } from '../executors/answer-or-death'
import { CARD_LIMIT_MS, LateError, showsCard } from '../executors/time-limits'
import { allBeyond, commonStart, rateBetween, type Mark } from './rate'
import { BENCHMARK_NETWORKS, type BenchmarkNetwork, type Workload } from './workload'

/** Twenty and more steps of the middle network on a slow core; noise over that is a few per cent (decision 070). */
const SECONDS = 4
/** The first steps grow buffers and choose algorithms. */
const FIRST_STEPS = 3
/** A step of the middle network takes half a second on a slow core, recording it some seconds. Hung computes must not hang this. */
const LIMIT_SECONDS = 90

export interface Rate {
  readonly network: string
  readonly imagesPerSecond: number
}

export interface MeasureOptions {
  readonly start: ProcessStarter
  readonly workload: Workload
  /** One compute for each. */
  readonly environments: readonly Readonly<Record<string, string>>[]
  readonly signal: AbortSignal
  /** Told before the computes are ended: who they are. */
  readonly onMeasured?: (pids: readonly number[]) => Promise<void>
  /** Those that are measured; all by default. */
  readonly networks?: readonly BenchmarkNetwork[]
  /** Span of each network's measurement; shorter in tests. */
  readonly seconds?: number
}

/** @throws AppError `cancelled`, `compute-died`, `time-limit`, or what a compute says, e.g. `out-of-memory` */
export async function measureTogether(options: MeasureOptions): Promise<Rate[]> {
  const { start, environments, signal } = options
  const processes: StartedProcess[] = []
  try {
    for (const env of environments) {
      refuseCancelled(signal)
      processes.push(await start('compute', env))
    }
    const clients = processes.map(({ port }): ComputeClient => createClient<ComputeContract>(port))
    await Promise.all(
      clients.map((client, index) => withinStartLimit(client.info(), processes[index]!, environments[index]!)),
    )
    const rates: Rate[] = []
    for (const network of options.networks ?? BENCHMARK_NETWORKS) {
      refuseCancelled(signal)
      const steps = await withinLimits(measureNetwork(clients, network, options), processes, options)
      rates.push({ network: network.name, imagesPerSecond: steps * network.batchSize })
    }
    await options.onMeasured?.(processes.map(({ pid }) => pid))
    return rates
  } finally {
    for (const process of processes) process.kill()
    await Promise.all(processes.map(({ exited }) => exited))
  }
}

/** What comes first: the measurement, a death, the time limit, or nobody wanting it any more. */
function withinLimits<T>(
  measured: Promise<T>,
  processes: readonly StartedProcess[],
  { environments, signal }: MeasureOptions,
): Promise<T> {
  const died = Promise.race(processes.map(({ exited }) => exited)).then((code): never => {
    throw new AppError('compute-died', `A compute ${endedText(code)} while it was measured.`)
  })
  // The first steps on a new card wait for its driver, which compiles their kernels.
  const limitMs = environments.some(showsCard) ? CARD_LIMIT_MS : 1000 * LIMIT_SECONDS
  return within(limitMs, orAborted(Promise.race([measured, died]), signal), () => {
    const late = new LateError(limitMs)
    throw new AppError(
      'time-limit',
      `${processes.length} computes were measured and gave ${late.message}.`,
      undefined,
      {
        cause: late,
      },
    )
  })
}

/** Steps a second of all computes together. */
async function measureNetwork(
  clients: readonly ComputeClient[],
  network: BenchmarkNetwork,
  { workload, signal, seconds = SECONDS }: MeasureOptions,
): Promise<number> {
  const { controller, release } = childController(signal)
  const marks = clients.map((): Mark[] => [])
  const perEpoch = workload.stepsPerEpoch(network)
  let span: { from: number; to: number } | undefined
  const look = (): void => {
    const from = span?.from ?? commonStart(marks, FIRST_STEPS)
    if (from === null) return
    span ??= { from, to: from + 1000 * seconds }
    if (allBeyond(marks, span.to)) controller.abort()
  }
  const follow = async (client: ComputeClient, compute: number): Promise<void> => {
    try {
      for await (const event of await client.train(workload.job(network, compute), { signal: controller.signal })) {
        if (event.type !== 'step') continue
        marks[compute]!.push({ at: performance.now(), steps: (event.epoch - 1) * perEpoch + event.step })
        look()
        if (controller.signal.aborted) break
      }
    } catch (thrown) {
      // Breaking off is how a measurement ends; anything before is a failure of it.
      if (!controller.signal.aborted) throw thrown
    }
    // The next network is measured on idle cores.
    await client.idle()
  }
  try {
    await Promise.all(clients.map(follow))
  } finally {
    controller.abort()
    release()
  }
  refuseCancelled(signal)
  return rateBetween(marks, span!.from, span!.to)
}
