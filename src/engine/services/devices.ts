// The device part of the runtime service: what computes use, settings for it, and the benchmark that sets the defaults.
import { implement } from '@orpc/server'
import { runtimeContract } from '@shared/contract/runtime'
import type { BenchmarkEvent } from '@shared/contract/devices'
import { AppError } from '@shared/errors'
import { benchmarkDevices } from '../benchmark/benchmark'
import type { ShapedPool } from '../executors/pool'
import { listRuns } from '../storage/runs'
import { streamOfWork } from '../stream-of-work'
import type { Services } from './services'
import { untilClosing } from './until-closing'

/** A search between two trials uses no compute, but is about to. */
export async function refuseWhileSearching({ store, orchestrator }: Services): Promise<void> {
  const going = (await listRuns(store.db)).find(({ id }) => orchestrator.live(id) !== undefined)
  if (going === undefined) return
  throw new AppError(
    'conflict',
    `Run ${going.number} is running: its computes would be measured along with it, or taken from it.`,
    'Pause it, and resume it afterwards.',
  )
}

/**
 * The work of `exclusively` as a stream: the pool is held until the stream has come to its end or is broken off.
 * @param open makes the stream once the pool is held
 */
export async function* whileHolding<T>(
  pool: Pick<ShapedPool, 'exclusively'>,
  open: (signal: AbortSignal) => AsyncGenerator<T, void, void>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  let work: Promise<void> = Promise.resolve()
  try {
    yield* streamOfWork<T>((emit, ended) => {
      work = pool.exclusively(async () => {
        for await (const item of open(ended)) emit(item)
      })
      return work
    }, signal)
  } finally {
    // Whoever breaks off may use the computes at once: the measured ones are gone by then.
    await work.catch(() => undefined)
  }
}

async function* measure(services: Services, signal: AbortSignal): AsyncGenerator<BenchmarkEvent, void, void> {
  const { devices, pool, startProcess } = services
  await refuseWhileSearching(services)
  const open = async function* (ended: AbortSignal): AsyncGenerator<BenchmarkEvent, void, void> {
    for await (const event of benchmarkDevices({ devices, start: startProcess, signal: ended })) {
      // Stored before it is told, so that whoever hears of it finds it.
      if (event.type === 'finished') await devices.keepBenchmark(event.result)
      yield event
    }
  }
  yield* whileHolding(pool, open, signal)
}

export function deviceProcedures(services: Services) {
  const { devices, closing } = services
  const os = implement(runtimeContract)
  return {
    devices: os.devices.handler(() => devices.view()),
    configureDevices: os.configureDevices.handler(async ({ input }) => {
      await refuseWhileSearching(services)
      await devices.configure(input)
      return devices.view()
    }),
    benchmark: os.benchmark.handler(({ signal }) => untilClosing(closing, signal, (ended) => measure(services, ended))),
  }
}
