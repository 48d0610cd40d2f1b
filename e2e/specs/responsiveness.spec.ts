// The window answers while every core trains: time from a click to the frame that shows its effect, and the page's long tasks.
// Both are printed. Machines that run this are shared, and so is the measuring: the page waits for a core like everybody
// else, so a moment may be slow that is not the window's. What counts is the 95th percentile, and that nothing freezes.
import { testIds } from '../../src/renderer/src/lib/ids'
import { readAnswers, spreadOf, spreadText, watchAnswers } from '../fixtures/answers'
import { expect, test } from '../fixtures/app'
import { VIEWS, Workbench } from '../pages/workbench'

/** The goal of issue "First light", for all but the slowest 5 %. */
const ANSWER_MS = 200
/** Training in the window's own process would freeze it for seconds. */
const FROZEN_MS = 2000
const ROUNDS = 12

test('the window answers while two computes train', async ({ launched }) => {
  const { page } = launched
  const workbench = new Workbench(page)
  await workbench.startSearch({
    name: 'Busy machine',
    strategy: 'random',
    trials: 40,
    images: 400,
    epochs: 4,
    maxMacs: 20_000_000,
  })
  // Some trials are done, so that there are charts to draw; many more keep both computes busy.
  await expect(page.getByTestId(testIds.journal)).toContainText(/finished: [^]*finished: /i, { timeout: 120_000 })

  // The first opening of each view, which builds it, counts like any other click.
  await watchAnswers(page)
  for (let round = 0; round < ROUNDS; round++)
    for (const view of VIEWS) {
      await page.getByTestId(testIds.rail(view)).click()
      await expect(page.getByTestId(testIds.view(view))).toBeVisible()
    }
  const { clicks, longTasks } = await readAnswers(page)
  await workbench.open('search')
  await workbench.expectRunState(/Running/, 1000)

  const [clickSpread, taskSpread] = [spreadOf(clicks), spreadOf(longTasks)]
  process.stdout.write(`click to paint: ${spreadText(clickSpread)}; long tasks: ${spreadText(taskSpread)}\n`)
  expect(clickSpread.count).toBe(ROUNDS * VIEWS.length)
  expect(clickSpread.percentile95).toBeLessThan(ANSWER_MS)
  expect(clickSpread.worst).toBeLessThan(FROZEN_MS)
  expect(taskSpread.worst).toBeLessThan(FROZEN_MS)
})
