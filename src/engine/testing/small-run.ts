// A small run of the toy space in a harness, and what it left behind: what the tests of runs share.
import { AppError } from '@shared/errors'
import type { RunDefinitionInput } from '@shared/search/run'
import { readJournal } from '../storage/journal'
import { listTrials } from '../storage/trials'
import { epochOf, type createHarness, type Script } from './harness'
import { newRun } from './run-fixtures'

export type Harness = ReturnType<typeof createHarness>

export const small: Partial<RunDefinitionInput> = {
  populationSize: 4,
  generations: 3,
  strategy: { name: 'ga' },
  seed: 5,
}

/** Creates a run and starts it. */
export async function run(harness: Harness, change: Partial<RunDefinitionInput> = {}, id = 'r'): Promise<void> {
  await harness.orchestrator.create(newRun(id, { ...small, ...change }))
  await harness.orchestrator.resume(id)
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Genotypes of the trials in their order. */
export const words = async ({ store }: Harness, id = 'r') =>
  (await listTrials(store.db, id)).map(({ genotype }) => genotype)

export const messages = async ({ store }: Harness, id = 'r') =>
  (await readJournal(store.db, id)).map(({ message }) => message)

/** Epochs without end until it is asked to hold or is let go. */
export function endlessEpochs(epochMs: number): Script {
  return async (_trial, _document, hooks, signal) => {
    await hooks.onStarted({ compute: 0, resumedFromEpoch: 0, stepsPerEpoch: 1, notice: null })
    for (let number = 1; ; number++) {
      await pause(epochMs)
      if (signal.aborted) throw new AppError('cancelled', 'let go')
      await hooks.onEpoch(epochOf(number, 0.1))
      if (hooks.shouldHold()) return { type: 'held' }
    }
  }
}
