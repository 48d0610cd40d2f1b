// Every view in both themes on the real app: no accessibility violation, no console error, and (with GPTNAS_SCREENSHOTS set to
// a folder) the pictures of the documentation.
import AxeBuilder from '@axe-core/playwright'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { designIds } from '../../src/renderer/src/features/design/ids'
import { testIds } from '../../src/renderer/src/lib/ids'
import { expect, root, test } from '../fixtures/app'
import { replaceText } from '../fixtures/replace-text'
import { VIEWS, Workbench, type View } from '../pages/workbench'

const pictures = process.env['GPTNAS_SCREENSHOTS']

test('every view, light and dark, empty and with a finished search', async ({ launched, folders }) => {
  const { page } = launched
  const workbench = new Workbench(page)
  // The documentation shows where a user's files are, not those of the machine that took its pictures.
  const shownPaths: readonly [string, string][] = [
    [dirname(folders.workspace), '/home/ada'],
    [root, '/opt/gpt-nas-workbench'],
    [homedir(), '/home/ada'],
  ]
  await page.setViewportSize({ width: 1280, height: 800 })

  const look = async (view: View, name: string): Promise<void> => {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      // The page hears of its new colours with the next frame; only then is there something to wait for.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
      // Views behind the one on show rest as they were.
      const busy = page.locator('.skeleton, [aria-busy="true"]').filter({ visible: true })
      await expect(busy).toHaveCount(0, { timeout: 60_000 })
      if (pictures) {
        await replaceText(page, shownPaths)
        await page.screenshot({ path: join(pictures, `${name}-${scheme}.png`) })
      }
      // Legacy mode: Electron opens no second page for axe to run in.
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
      const found = violations.map(({ id, nodes }) => `${view} ${scheme}: ${id} at ${nodes[0]?.target.join(' ')}`)
      expect.soft(found).toEqual([])
    }
    await page.emulateMedia({ colorScheme: 'light' })
  }

  await test.step('empty', async () => {
    for (const view of ['design', 'search', 'results'] as const) {
      await workbench.open(view)
      await look(view, `${view}-empty`)
    }
  })
  await test.step('with a finished search and an open design', async () => {
    await workbench.startSearch({
      name: 'Small search',
      strategy: 'gpt-nas:paper',
      trials: 4,
      images: 300,
      epochs: 2,
      maxMacs: 3_000_000,
    })
    await workbench.waitForTraining()
    await look('search', 'search-busy')
    await workbench.expectRunState(/Finished/, 240_000)
    await workbench.open('design')
    await page.getByTestId(designIds.openSample).click()
    await expect(page.getByTestId(designIds.nodeCount)).toBeVisible()
    for (const view of VIEWS) {
      await workbench.open(view)
      if (view === 'results') await page.getByTestId(testIds.tableRow).first().click()
      await look(view, view)
    }
  })
  expect(launched.pageErrors).toEqual([])
})
