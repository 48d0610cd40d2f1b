// The end of a run is found from what is stored and stored in a write of its own: what a person changes in between counts, and what
// was tested is tested once.
import { afterEach, describe, expect, it } from 'vitest'
import type { Evaluator } from '../evaluators/evaluator'
import { getRun, updateRun } from '../storage/runs'
import { listTrials } from '../storage/trials'
import { createHarness, quickEvaluation } from '../testing/harness'
import { newRun } from '../testing/run-fixtures'
import { run, type Harness } from '../testing/small-run'
import { temporaryFolder } from '../testing/temporary-folder'
import { changeRun } from './change-run'

const open: Harness[] = []
afterEach(async () => {
  for (const harness of open.splice(0)) await harness.close()
})

/** Reports 0.5 of its best; `onReport` is awaited then, between the end that was found and its storing. */
function reporting(onReport: (harness: Harness, times: number) => Promise<void>) {
  const folder = temporaryFolder()
  let times = 0
  const evaluator: Evaluator = {
    conditions: (candidate) => candidate,
    evaluate: quickEvaluation(folder),
    report: async () => {
      await onReport(harness, ++times)
      return 0.5
    },
  }
  const harness: Harness = createHarness({ folder, prepare: () => ({ evaluator }) })
  open.push(harness)
  return { harness, times: () => times }
}

async function change(harness: Harness, values: Record<string, unknown>): Promise<void> {
  const { space } = await harness.orchestrator.prepared(await getRun(harness.store.db, 'r'))
  await changeRun(harness, 'r', values, () => space)
}

describe('an end that was found', () => {
  it('does not hold where a person has given the run more meanwhile', async () => {
    const { harness } = reporting((of, times) => (times === 1 ? change(of, { generations: 4 }) : Promise.resolve()))
    await run(harness)
    const ended = await harness.until('r', 'finished')
    expect(ended).toMatchObject({ end: 'evaluations', counts: { finished: 16, planned: 16 }, reported: 0.5 })
  })

  it('holds where nothing was changed', async () => {
    const { harness, times } = reporting(() => Promise.resolve())
    await run(harness)
    expect(await harness.until('r', 'finished')).toMatchObject({ counts: { finished: 12 } })
    expect(times()).toBe(1)
  })
})

it('a limit of epochs that is raised while the last training goes lets the run go on', async () => {
  const folder = temporaryFolder()
  const harness: Harness = createHarness({
    folder,
    parallel: 1,
    evaluate: async (trial, document, hooks, signal) => {
      if (trial.number === 2) await change(harness, { maxEpochs: 8 })
      return quickEvaluation(folder)(trial, document, hooks, signal)
    },
  })
  open.push(harness)
  await run(harness, { recipe: { epochs: 2 }, maxEpochs: 4 })
  expect(await harness.until('r', 'finished')).toMatchObject({ end: 'epochs', epochs: 8 })
})

it('a final training that was tested before the program ended is tested no second time', async () => {
  const { harness, times } = reporting(() => Promise.resolve())
  const final = {
    ...{ of: null, besideRunId: 'x', schedule: 'short' as const, start: 'scratch' as const },
    ...{ weightsSha256: null, dataFingerprint: null, workbench: '0' },
  }
  await harness.orchestrator.create(newRun('r', { populationSize: 1, generations: 1, final }))
  await harness.orchestrator.resume('r')
  await harness.until('r', 'finished')
  // As a kill between the test and the end leaves it.
  await harness.store.write((writer) => updateRun(writer, 'r', { state: 'running', end: null, finishedAt: null }))
  await harness.orchestrator.recover()
  await harness.orchestrator.resume('r')
  expect(await harness.until('r', 'finished')).toMatchObject({ reported: 0.5 })
  expect(times()).toBe(1)
  expect((await listTrials(harness.store.db, 'r'))[0]?.reported).toBe(0.5)
})
