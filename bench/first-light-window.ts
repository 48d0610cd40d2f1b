// First light from the window: the sample search started, watched and exported by clicks on the real app, with the app's own
// figures of how fast it answered meanwhile. bench/first-light.ts measures the same search from the command line.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { readAnswers, spreadOf, watchAnswers } from '../e2e/fixtures/answers'
import { launchApp } from '../e2e/fixtures/launch'
import { Workbench, type View } from '../e2e/pages/workbench'
import { testIds } from '../src/renderer/src/lib/ids'
import { atLeast, atMost, checkout, equal, runBench, type BenchOptions, type Measured } from './harness'

/** Issue "First light": 12 trials within 20 minutes, above 45 %, the window answers within 200 ms. */
const LIMIT_SECONDS = 1200
const LEAST_ACCURACY = 0.45
const ANSWER_MS = 200

interface Plan {
  readonly trials: number
  readonly start: (workbench: Workbench) => Promise<void>
  /** A look at another view this often: often enough to measure, seldom enough to leave the cores to training. */
  readonly lookEveryMs: number
}
const FULL: Plan = {
  trials: 12,
  start: async ({ page }) => page.getByTestId(testIds.startSample).click(),
  lookEveryMs: 3000,
}
const QUICK: Plan = {
  trials: 3,
  start: (workbench) =>
    workbench.startSearch({
      name: 'First light, quick',
      strategy: 'gpt-nas:paper',
      trials: 3,
      images: 300,
      epochs: 2,
      maxMacs: 4_000_000,
    }),
  lookEveryMs: 500,
}
/** Every second look is back at the search, where its user waits. */
const LOOKS: readonly View[] = ['results', 'search', 'design', 'search', 'data', 'search', 'runtime', 'search']

/** Watches the search until it has ended, looking around; resolves with its last state in words. */
async function watchSearch(workbench: Workbench, plan: Plan, note: BenchOptions['note']): Promise<string> {
  const { page } = workbench
  const deadline = Date.now() + LIMIT_SECONDS * 1000
  let noted = ''
  for (let look = 0; Date.now() < deadline; look++) {
    await workbench.open(LOOKS[look % LOOKS.length]!)
    await page.waitForTimeout(plan.lookEveryMs)
    if (!(await page.getByTestId(testIds.runState).isVisible())) continue
    const state = (await page.getByTestId(testIds.runState).innerText()).trim()
    const headline = (await page.getByTestId(testIds.runProgress).locator('strong').innerText()).trim()
    if (headline !== noted) note((noted = headline))
    if (!/Running/i.test(state)) return state
  }
  throw new Error(`The search was not over after ${LIMIT_SECONDS} s; the window said "${noted}".`)
}

/** "46.1 %" as 0.461; NaN where there is no percentage. */
const fraction = (text: string): number => Number(/([\d.]+)\s*%/.exec(text)?.[1] ?? Number.NaN) / 100

async function exportBest(page: Page, workbench: Workbench): Promise<{ passed: boolean; difference: number }> {
  await workbench.open('results')
  // The table begins with the best.
  await page.getByTestId(testIds.tableRow).first().click()
  await page.getByTestId(testIds.exportTrial).click()
  const card = page.getByTestId(testIds.proofCard)
  await card.waitFor({ timeout: 180_000 })
  const difference = /([\d.]+e[-+]?\d+)/i.exec(await card.innerText())?.[1]
  return { passed: (await card.getAttribute('data-verdict')) === 'equal', difference: Number(difference) }
}

async function measure(folder: string, { quick, note }: BenchOptions): Promise<Measured> {
  const plan = quick ? QUICK : FULL
  const launched = await launchApp(checkout, {
    workspace: join(folder, 'workspace'),
    userData: join(folder, 'user-data'),
  })
  try {
    const { page } = launched
    const workbench = new Workbench(page)
    await workbench.open('search')
    await watchAnswers(page)
    note('Starting the search ...')
    const since = Date.now()
    await plan.start(workbench)
    const state = await watchSearch(workbench, plan, note)
    const searchSeconds = (Date.now() - since) / 1000
    const best = fraction(await page.getByTestId(testIds.bestTrial).innerText())
    note('Exporting the best trial ...')
    const proof = await exportBest(page, workbench)
    const seconds = (Date.now() - since) / 1000
    const finished = await page.getByTestId(testIds.tableRow).filter({ hasText: 'Finished' }).count()
    const { clicks, longTasks } = await readAnswers(page)
    const answers = { clickToPaintMs: spreadOf(clicks), longTasksMs: spreadOf(longTasks) }
    return {
      results: { state, searchSeconds, seconds, bestValidationAccuracy: best, proof, ...answers },
      checks: [
        equal('trials finished', finished, plan.trials),
        atMost('seconds from the click to the proof', seconds, LIMIT_SECONDS),
        equal('the exported model predicts the same', Number(proof.passed), 1),
        ...(quick
          ? []
          : [
              atLeast('best validation accuracy', best, LEAST_ACCURACY),
              atMost('click to paint, 95th percentile, ms', answers.clickToPaintMs.percentile95, ANSWER_MS),
              atMost('long tasks of the page, 95th percentile, ms', answers.longTasksMs.percentile95, ANSWER_MS),
            ]),
        equal('errors of the page', launched.pageErrors.length, 0),
      ],
    }
  } finally {
    await launched.close()
  }
}

void runBench('First light from the window', async (options) => {
  const folder = mkdtempSync(join(tmpdir(), 'gptnas-first-light-window-'))
  try {
    return await measure(folder, options)
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})
