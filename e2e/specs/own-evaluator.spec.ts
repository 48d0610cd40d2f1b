// A space of words and a program that knows what they are worth, both the user's own: chosen in dialogs, asked about, searched with.
// With GPTNAS_SCREENSHOTS set to a folder it leaves pictures of the form.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { testIds } from '../../src/renderer/src/lib/ids'
import { en } from '../../src/renderer/src/locales/en'
import { expect, test } from '../fixtures/app'
import { Workbench } from '../pages/workbench'

const pictures = process.env['GPTNAS_SCREENSHOTS']

const SPACE = {
  format: 'gptnas-space/1',
  name: 'my-recipe',
  positions: [
    { name: 'optimizer', choices: ['sgd', 'adamw', 'lion'] },
    { name: 'depth', choices: ['8', '14', '20'] },
    { name: 'width', choices: ['16', '32', '64'] },
  ],
}
const PROGRAM = `#!/bin/sh
read -r told
depth=$(printf '%s' "$told" | sed 's/.*"names":\\["[a-z]*","\\([0-9]*\\)".*/\\1/')
echo "depth $depth"
echo "{\\"fitness\\": $depth, \\"costs\\": {\\"seconds\\": 2}}"
`

/** What the next file dialogs return, and what every question is answered with. */
function answerDialogs(app: ElectronApplication, files: readonly string[], answer: number): Promise<void> {
  return app.evaluate(
    ({ dialog }, given) => {
      const left = [...given.files]
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: left.splice(0, 1) })
      dialog.showMessageBox = () => Promise.resolve({ response: given.answer, checkboxChecked: false })
    },
    { files, answer },
  )
}

test('a search with a space and a program of one’s own', async ({ launched, folders }) => {
  const { page, app, pageErrors } = launched
  const workbench = new Workbench(page)
  const mine = join(dirname(folders.workspace), 'mine')
  mkdirSync(mine)
  const [spaceFile, program] = [join(mine, 'space.json'), join(mine, 'evaluate.sh')]
  writeFileSync(spaceFile, JSON.stringify(SPACE))
  writeFileSync(program, PROGRAM)
  chmodSync(program, 0o755)
  await page.setViewportSize({ width: 1280, height: 800 })
  const picture = async (name: string): Promise<void> => {
    if (pictures === undefined) return
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: join(pictures, `${name}-${scheme}.png`) })
    }
  }
  const choose = async (path: string, label: string): Promise<void> => {
    await page.getByTestId(testIds.setting(path)).click()
    await page.getByRole('option', { name: label, exact: true }).click()
  }

  await workbench.open('search')
  await page.getByTestId(testIds.definitionTab).click()
  await choose('strategy.name', en.definition.choices['regularised-evolution'])
  await choose('evaluator.kind', en.definition.choices.command)
  await answerDialogs(app, [spaceFile, program], 0)
  await choose('space.kind', en.definition.choices.user)
  await expect(page.getByText('my-recipe: 3 positions')).toBeVisible()
  await page.getByTestId(testIds.setting('evaluator.program')).locator('xpath=../..').getByRole('button').click()
  await expect(page.getByTestId(testIds.setting('evaluator.program'))).toHaveValue(program)
  await picture('own-evaluator-form')
  // A no starts nothing.
  await page.getByTestId(testIds.startRun).click()
  await expect(page.getByText(en.definition.notAllowed).first()).toBeVisible()
  await picture('own-evaluator-refused')
  await answerDialogs(app, [], 1)
  await page.getByTestId(testIds.startRun).click()
  await workbench.expectRunState(/Finished/, 60_000)
  await picture('own-evaluator-run')
  await workbench.open('results')
  await expect(page.getByTestId(testIds.trialsTable)).toContainText('20')
  await picture('own-evaluator-results')
  expect(pageErrors).toEqual([])
})
