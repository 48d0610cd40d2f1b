// The window answers while every core trains: time from a click to the frame that shows its effect, and the page's long tasks.
// The figures are printed; the goal is 200 ms and is not always reached (the worst clicks draw charts). What the test refuses is a
// frozen window: a bound near the goal would be a timed test on a shared machine.
import { testIds } from '../../src/renderer/src/testing/ids'
import { expect, test } from '../fixtures/app'
import { Workbench } from '../pages/workbench'

/** Training in the window's own process would freeze it for seconds. */
const FROZEN_MS = 2000
const ROUNDS = 12
const VIEWS = ['results', 'search', 'data', 'runtime', 'settings'] as const

interface Measured {
  readonly clicks: number[]
  readonly longTasks: number[]
}

/** The smallest value that 95 % do not exceed. */
function percentile95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0
}

test('the window answers while two computes train', async ({ launched }) => {
  const { page } = launched
  const workbench = new Workbench(page)
  await workbench.startSearch({
    name: 'Busy machine',
    strategy: 'Random',
    trials: 4,
    images: 4000,
    epochs: 10,
    maxMacs: 20_000_000,
  })
  await workbench.waitForTraining()
  // Each view once before measuring: its code is loaded lazily, which is a start, not an answer.
  for (const view of VIEWS) await workbench.open(view)

  await page.evaluate(() => {
    const measured: Measured = { clicks: [], longTasks: [] }
    Object.assign(window, { measured })
    new PerformanceObserver((list) =>
      measured.longTasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({ type: 'longtask' })
    window.addEventListener(
      'click',
      ({ timeStamp }) => {
        // The message comes after the frame that the click's handlers changed was painted.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => measured.clicks.push(performance.now() - timeStamp)
          port2.postMessage(null)
        })
      },
      { capture: true },
    )
  })
  for (let round = 0; round < ROUNDS; round++)
    for (const view of VIEWS) await page.getByTestId(testIds.rail(view)).click()
  const { clicks, longTasks } = await page.evaluate(() => (window as unknown as { measured: Measured }).measured)
  await workbench.open('search')
  await workbench.expectRunState(/Running/, 1000)

  const worst = (values: readonly number[]): string => Math.max(0, ...values).toFixed(0)
  process.stdout.write(
    `click to paint: 95 % within ${percentile95(clicks).toFixed(0)} ms, worst ${worst(clicks)} ms of ${clicks.length}; ` +
      `long tasks: ${longTasks.length}, 95 % within ${percentile95(longTasks).toFixed(0)} ms, worst ${worst(longTasks)} ms\n`,
  )
  expect(clicks).toHaveLength(ROUNDS * VIEWS.length)
  expect(Math.max(...clicks)).toBeLessThan(FROZEN_MS)
  expect(Math.max(0, ...longTasks)).toBeLessThan(FROZEN_MS)
})
