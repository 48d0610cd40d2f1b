// What a user's search survives: the death of a compute, of the engine, of everything. On real CIFAR-10 images.
import { testIds } from '../../src/renderer/src/lib/ids'
import { expect, launch, test } from '../fixtures/app'
import { computesOf, engineOf, killTree } from '../fixtures/processes'
import { Workbench, type SmallSearch } from '../pages/workbench'

const SEARCH: SmallSearch = {
  name: 'Killed in the middle',
  strategy: 'ga',
  trials: 3,
  images: 300,
  epochs: 3,
  maxMacs: 3_000_000,
}

test('a killed compute costs an attempt, not the trial', async ({ launched }) => {
  const workbench = new Workbench(launched.page)
  await workbench.startSearch(SEARCH)
  await workbench.waitForTraining()
  const [victim] = computesOf(launched.app.process().pid ?? 0)
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
  const engine = engineOf(launched.app.process().pid ?? 0)
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

test('after a kill of everything the start offers the interrupted run; it resumes, and no finished trial is lost or repeated', async ({
  folders,
}) => {
  const first = await launch(folders)
  const workbench = new Workbench(first.page)
  await expect(first.page.getByTestId(testIds.statusMachine)).toContainText(/busy/, { timeout: 30_000 })
  await expect(first.page.getByTestId(testIds.interrupted)).toBeHidden()
  await workbench.startSearch(SEARCH)
  await expect(first.page.getByTestId(testIds.journal)).toContainText(/finished: /i, { timeout: 200_000 })
  killTree(first.app.process().pid ?? 0)

  const second = await launch(folders)
  try {
    const again = new Workbench(second.page)
    const offer = second.page.getByTestId(testIds.interrupted)
    await expect(offer).toContainText(`Run 1 “${SEARCH.name}” was interrupted`, { timeout: 30_000 })
    await expect(offer).toContainText(new RegExp(`[1-9] of ${SEARCH.trials} evaluations are done`))
    await again.expectRunState(/Interrupted/, 30_000)
    await second.page.getByTestId(testIds.interruptedResume).click()
    await expect(offer).toBeHidden()
    await again.expectRunState(/Running|Finished/, 30_000)
    await again.expectRunState(/Finished/, 240_000)
    await again.open('results')
    await expect(second.page.getByTestId(testIds.tableRow)).toHaveCount(SEARCH.trials)
    await expect(second.page.getByTestId(testIds.trialsTable)).not.toContainText(/Failed/)
  } finally {
    await second.close()
  }
})
