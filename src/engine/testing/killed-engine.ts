// Child of a test: an engine in the middle of a run, until it is killed. Says the number of each trial it begins. With
// "long" as second argument its trials never get through their first epoch.
import { createHarness, quickEvaluation } from './harness'
import { newRun } from './run-fixtures'

async function search(folder: string, isLong: boolean): Promise<void> {
  const harness = createHarness({
    folder,
    evaluate: async (trial, ...rest) => {
      process.send?.(trial.number)
      await new Promise((resolve) => setTimeout(resolve, isLong ? 3_600_000 : 10))
      return quickEvaluation(folder)(trial, ...rest)
    },
  })
  await harness.orchestrator.create(
    newRun('r', { populationSize: 4, generations: 6, strategy: { name: 'ga' }, seed: 5 }),
  )
  await harness.orchestrator.resume('r')
}

void search(process.argv[2]!, process.argv[3] === 'long')
