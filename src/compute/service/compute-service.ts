// The compute's side of the contract: each procedure hands over to the part that does it. TensorFlow is loaded inside the
// calls, so that a missing runtime reaches the engine as an error with its fix instead of ending the process.
import { cpus } from 'node:os'
import { implement } from '@orpc/server'
import { computeContract, type ComputeInfo } from '@shared/contract/compute'
import { selfCheckOf } from '@shared/runtime/compute-environment'
import { processorTitle } from '@shared/runtime/device-title'
import { memoryRefusalInFigures } from '@node/memory-refusal'
import type { ProposerService } from '../proposer/service'
import { lazyProposer } from './lazy-proposer'

export interface ComputeServiceOptions {
  /** Carries the self-check this process was started under. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly proposer?: ProposerService
}

function deviceTitle(device: 'cpu' | 'gpu', environment: ComputeServiceOptions['environment']): string {
  if (device === 'gpu') return 'GPU'
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const within = Number(environment['TF_NUM_INTRAOP_THREADS'] ?? cpus().length)
  const across = Number(environment['TF_NUM_INTEROP_THREADS'] ?? 1)
  // Threads within ops and ops at once: whichever is more says how many cores it can keep busy.
  return processorTitle(model, Math.max(within, across))
}

async function info(environment: ComputeServiceOptions['environment']): Promise<ComputeInfo> {
  const { runtimeVersions } = await import('../tensorflow/backend')
  const { tensorflow, binding, device } = runtimeVersions()
  return {
    pid: process.pid,
    tensorflow,
    binding,
    device: deviceTitle(device, environment),
    selfCheck: selfCheckOf(environment),
  }
}

/** Counts what is under way, for those who wait until nothing is. */
function workCounter() {
  let going = 0
  let waiting: (() => void)[] = []
  return {
    begin(): () => void {
      going++
      return () => {
        going--
        if (going > 0) return
        for (const wake of waiting) wake()
        waiting = []
      }
    },
    idle: (): Promise<void> => (going === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}

/** A router to serve over any port. @throws by its procedures: AppErrors of the parts they call */
export function createComputeService({ environment, proposer = lazyProposer() }: ComputeServiceOptions) {
  const contract = implement(computeContract)
  const trainings = workCounter()
  return contract.router({
    info: contract.info.handler(() => info(environment)),
    train: contract.train.handler(async function* ({ input, signal }) {
      const end = trainings.begin()
      try {
        const { train } = await import('../training/train')
        // Broken off before it began: its caller may be waiting for `idle` already.
        if (signal?.aborted !== true) yield* train(input, { signal })
      } catch (thrown) {
        throw await memoryRefusalInFigures(thrown)
      } finally {
        end()
      }
    }),
    idle: contract.idle.handler(async () => {
      await trainings.idle()
      return {}
    }),
    predict: contract.predict.handler(async ({ input }) => (await import('../exchange/predict')).predict(input)),
    trace: contract.trace.handler(async ({ input }) => {
      await (await import('../exchange/trace')).trace(input)
      return {}
    }),
    evaluate: contract.evaluate.handler(async ({ input, signal }) =>
      (await import('../exchange/evaluate')).evaluate(input, signal),
    ),
    proxies: contract.proxies.handler(async ({ input, signal }) => {
      try {
        return await (await import('../proxies/measure')).measureProxies(input, signal)
      } catch (thrown) {
        throw await memoryRefusalInFigures(thrown)
      }
    }),
    initialise: contract.initialise.handler(async ({ input }) =>
      (await import('../exchange/initialise')).initialise(input),
    ),
    export: contract.export.handler(async ({ input }) => {
      const { writeExport } = await import('../exchange/write-export')
      return { files: await writeExport(input) }
    }),
    reconstruct: contract.reconstruct.handler(({ input }) => proposer.reconstruct(input)),
    proposerInfo: contract.proposerInfo.handler(({ input }) => proposer.proposerInfo(input)),
    suggest: contract.suggest.handler(({ input }) => proposer.suggest(input)),
    trainProposer: contract.trainProposer.handler(({ input, signal }) => proposer.trainProposer(input, signal)),
  })
}
