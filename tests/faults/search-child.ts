// Child of a measurement: a search of the toy space that is killed again and again. Goes on where the last one stood, and ends by
// itself when the search has ended. Tells each trial that it begins.
import { createHarness, quickEvaluation } from '../../src/engine/testing/harness'
import { newRun } from '../../src/engine/testing/run-fixtures'
import { listTrials } from '../../src/engine/storage/trials'

export const RUN = 'r'
const POPULATION = 4
const GENERATIONS = 6
/** Long enough that kills come at every moment of a trial. */
const EVALUATION_MS = 10

/** @param tell receives the number of each trial as it begins */
export async function searchToEnd(folder: string, tell: (trial: number) => void): Promise<void> {
  const quick = quickEvaluation(folder)
  const harness = createHarness({
    folder,
    evaluate: async (trial, ...rest) => {
      tell(trial.number)
      await new Promise((resolve) => setTimeout(resolve, EVALUATION_MS))
      return quick(trial, ...rest)
    },
  })
  const [there] = await harness.views.list()
  if (there === undefined) {
    const settings = {
      populationSize: POPULATION,
      generations: GENERATIONS,
      strategy: { name: 'ga' as const },
      seed: 5,
    }
    await harness.orchestrator.create(newRun(RUN, settings))
  }
  await harness.orchestrator.recover()
  const { state } = await harness.views.run(RUN)
  if (state !== 'finished') {
    await harness.orchestrator.resume(RUN)
    // However long a busy machine takes: whoever watches says what hangs.
    while ((await harness.views.run(RUN)).state !== 'finished') await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await harness.close()
}

/** What may not depend on how often the search was killed. */
export async function resultsOf(folder: string) {
  const harness = createHarness({ folder })
  const run = await harness.views.run(RUN)
  const trials = await listTrials(harness.store.db, RUN)
  const epochs = await harness.store.db.selectFrom('epochs').select(['trial_id', 'epoch', 'train_loss']).execute()
  const whole = await Promise.all(
    trials
      .filter(({ state }) => state === 'finished')
      .map(async ({ weightsSha256 }) => weightsSha256 !== null && (await harness.artefacts.isWhole(weightsSha256))),
  )
  await harness.close()
  return {
    state: run.state,
    trials: trials.map(({ number, genotype, fitness, state, weightsSha256 }) => ({
      number,
      genotype,
      fitness,
      state,
      weightsSha256,
    })),
    epochs: epochs.sort((a, b) => a.trial_id - b.trial_id || a.epoch - b.epoch),
    lostWeights: whole.filter((isWhole) => !isWhole).length,
  }
}
export type Results = Awaited<ReturnType<typeof resultsOf>>
