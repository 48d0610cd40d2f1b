// What a user's search survives: the death of a compute, of the engine, of everything. On real CIFAR-10 images.
import { readFileSync } from 'node:fs'
import { testIds } from '../../src/renderer/src/testing/ids'
import { expect, launch, test, type Launched } from '../fixtures/app'
import { killTree, processTree } from '../fixtures/processes'
import { Workbench, type SmallSearch } from '../pages/workbench'

const SEARCH: SmallSearch = {
  name: 'Killed in the middle',
  strategy: 'Genetic, no GPT',
  trials: 3,
  images: 300,
  epochs: 3,
  maxMacs: 3_000_000,
}

/** Utility processes of the app whose heap holds TensorFlow: Chromium gives all of them the same command line. */
function computes({ app }: Launched): number[] {
  const root = app.process().pid ?? 0
  return processTree(root)
    .filter(({ command }) => command.includes('node.mojom.NodeService'))
    .filter(({ pid }) => mapsTensorFlow(pid))
    .map(({ pid }) => pid)
}

function mapsTensorFlow(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8').includes('libtensorflow')
  } catch {
    return false // it ended while we looked
  }
}

/** The engine is the one that holds SQLite's native library. */
function engineOf({ app }: Launched): number {
  const found = processTree(app.process().pid ?? 0).find(({ pid }) => {
    try {
      return readFileSync(`/proc/${pid}/maps`, 'utf8').includes('@libsql')
    } catch {
      return false // it ended while we looked
    }
  })
  if (!found) throw new Error('No process of the app has SQLite loaded.')
  return found.pid
}

test('a killed compute costs an attempt, not the trial', async ({ launched }) => {
  const workbench = new Workbench(launched.page)
  await workbench.startSearch(SEARCH)
  await workbench.waitForTraining()
  const [victim] = computes(launched)
  expect(victim).toBeDefined()
  process.kill(victim!, 'SIGKILL')
  await workbench.expectRunState(/Finished/, 240_000)
  await expect(launched.page.getByTestId(testIds.journal)).toContainText(/attempt 2|tried again/i)
  expect(launched.pageErrors).toEqual([])
})

test('a killed engine is back within five seconds, says so, and the search goes on', async ({ launched }) => {
  const { page } = launched
  const workbench = new Workbench(page)
  await workbench.startSearch(SEARCH)
  await workbench.waitForTraining()
  const engine = engineOf(launched)
  const since = Date.now()
  process.kill(engine, 'SIGKILL')
  await expect(page.getByTestId(testIds.engineBanner)).toBeVisible({ timeout: 5_000 })
  await expect(page.getByTestId(testIds.engineBanner)).toBeHidden({ timeout: 10_000 })
  const seconds = (Date.now() - since) / 1000
  test.info().annotations.push({ type: 'measured', description: `engine back after ${seconds.toFixed(1)} s` })
  expect(seconds).toBeLessThan(5)
  await workbench.expectRunState(/Running/, 10_000)
  await workbench.expectRunState(/Finished/, 240_000)
})

test('after a kill of everything the run is listed as interrupted, resumes, and no finished trial is lost or repeated', async ({
  folders,
}) => {
  const first = await launch(folders)
  const workbench = new Workbench(first.page)
  await workbench.startSearch(SEARCH)
  await expect(first.page.getByTestId(testIds.journal)).toContainText(/finished: /i, { timeout: 200_000 })
  killTree(first.app.process().pid ?? 0)

  const second = await launch(folders)
  try {
    const again = new Workbench(second.page)
    await again.open('search')
    await second.page.getByTestId(testIds.runsTab).click()
    await second.page.getByTestId(testIds.runItem(1)).click()
    await again.expectRunState(/Interrupted/, 30_000)
    await second.page.getByTestId(testIds.resumeRun).click()
    await again.expectRunState(/Finished/, 240_000)
    await again.open('results')
    await expect(second.page.getByTestId(testIds.tableRow)).toHaveCount(SEARCH.trials)
    await expect(second.page.getByTestId(testIds.trialsTable)).not.toContainText(/Failed/)
  } finally {
    await second.close()
  }
})
