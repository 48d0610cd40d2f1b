// Designs that are meant to hurt, opened in the real window by its dialog: a worker reads and inspects them, so the page is never
// busy much longer than with the sample, whose opening on the same machine is the measure. (Before, 5,000 flat layers held it for
// 13 s a task, and two of the families for longer than half a minute.)
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { designIds } from '../../src/renderer/src/features/design/ids'
import { testIds } from '../../src/renderer/src/lib/ids'
import { en } from '../../src/renderer/src/locales/en'
import { documentText } from '../../src/shared/architecture/document'
import { HOSTILE_DOCUMENTS } from '../../src/shared/architecture/testing/hostile-documents'
import { readAnswers, spreadOf, watchAnswers } from '../fixtures/answers'
import { expect, test } from '../fixtures/app'

/** The dearest size of each that the window's 16 MiB and the limits of documents let in (decision 121). */
const DEAREST = [
  { family: 'blocks of the library that repeat', size: 4, isDrawn: true },
  { family: 'sums of a thousand values that repeat', size: 499, isDrawn: false },
  { family: 'convolutions without normalisation', size: 4998, isDrawn: false },
] as const
/** Copying a document of some megabytes to the worker and back, and its list. */
const ROOM_MS = 1000

for (const { family, size, isDrawn } of DEAREST)
  test(`${family} leave the page free`, async ({ launched, folders }) => {
    const { app, page } = launched
    const file = path.join(path.dirname(folders.workspace), 'hostile.gptnas.json')
    writeFileSync(file, documentText(HOSTILE_DOCUMENTS[family]!(size)))
    await app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
    }, file)
    const worst = async (act: () => Promise<void>): Promise<number> => {
      await watchAnswers(page)
      await act()
      return spreadOf((await readAnswers(page)).longTasks).worst
    }
    await page.getByTestId(testIds.rail('design')).click()
    const usual = await worst(async () => {
      await page.getByTestId(designIds.openSample).click()
      await expect(page.getByTestId(designIds.nodeCount)).toBeAttached()
      await expect(page.getByTestId(designIds.problems)).not.toBeEmpty()
    })
    await page.getByTestId(designIds.newTab).click()
    const hostile = await worst(async () => {
      await page.getByRole('button', { name: en.design.commands.importFile }).click()
      await expect(page.getByTestId(designIds.problem(0))).toBeVisible({ timeout: 60_000 })
      await expect(page.getByTestId(isDrawn ? designIds.nodeCount : designIds.undrawn)).toBeAttached()
    })
    process.stdout.write(`${family}: worst task ${hostile.toFixed(0)} ms, of the sample ${usual.toFixed(0)} ms\n`)
    expect(page.workers().map((worker) => worker.url())).toContainEqual(expect.stringContaining('inspect'))
    expect(hostile).toBeLessThan(3 * usual + ROOM_MS)

    // The engine takes the whole of it, and the window goes on to other views.
    await page.getByTestId(designIds.save).click()
    await page.getByTestId(testIds.rail('results')).click()
    await expect(page.getByTestId(testIds.view('results'))).toBeVisible()
  })
