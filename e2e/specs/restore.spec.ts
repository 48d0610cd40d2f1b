// A database that is damaged, as the user of the window meets it: the start says so and offers the copies; one is put back, the
// engine starts again, and what was damaged is kept.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { testIds } from '../../src/renderer/src/lib/ids'
import { expect, launch, test } from '../fixtures/app'

const root = path.resolve(__dirname, '../..')

/** A search of a table through the command line: a moment, and no data. */
function search(workspace: string, name: string): void {
  const config = path.join(workspace, `${name}.json`)
  const file = {
    format: 'gptnas-space/1',
    name: 'words',
    positions: [{ name: 'a', choices: ['x', 'y'] }],
    table: { file: 'table.csv', key: 'word', fitness: 'score', costs: [] },
  }
  const space = { kind: 'user', file, table: 'word,score\n0,1\n1,2\n' }
  const settings = { strategy: 'random', populationSize: 1, generations: 1, evaluator: 'table', space }
  writeFileSync(config, JSON.stringify({ name, ...settings }))
  const words = [path.join(root, 'out/main/cli.js'), 'search', 'start', '--config', config, '--workspace', workspace]
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
}

test('a copy is put back over a damaged database from the banner of the start', async ({ folders }) => {
  const { workspace } = folders
  mkdirSync(workspace, { recursive: true })
  search(workspace, 'First')
  // The copy of the day is made before the first search of a session: then it holds the one of before.
  rmSync(path.join(workspace, 'backups'), { recursive: true })
  search(workspace, 'Second')
  writeFileSync(path.join(workspace, 'workspace.sqlite'), 'damaged')

  const { page, close } = await launch(folders)
  try {
    const banner = page.getByTestId(testIds.engineBanner)
    await expect(banner).toContainText('The engine cannot run', { timeout: 30_000 })
    await page.screenshot({ path: test.info().outputPath('damaged.png') })
    await page.getByTestId(testIds.restoreOpen).click()
    const dialog = page.getByTestId(testIds.restoreDialog)
    const choice = dialog.getByRole('radio').first()
    await choice.check()
    await page.screenshot({ path: test.info().outputPath('copies.png') })
    await page.getByTestId(testIds.restoreConfirm).click()
    await expect(page.getByTestId(testIds.restoreResult)).toContainText('replaced-')
    await page.screenshot({ path: test.info().outputPath('restored.png') })
    await expect(banner).toBeHidden({ timeout: 30_000 })
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await page.getByTestId(testIds.rail('runtime')).click()
    await expect(page.getByRole('button', { name: 'Copies of the database' })).toBeVisible({ timeout: 30_000 })
    await page.screenshot({ path: test.info().outputPath('runtime.png') })
  } finally {
    await close()
  }
  const words = [path.join(root, 'out/main/cli.js'), 'search', 'list', '--json', '--workspace', workspace]
  const runs = JSON.parse(spawnSync(process.execPath, words, { encoding: 'utf8' }).stdout) as {
    number: number
    state: string
  }[]
  expect(runs).toContainEqual(expect.objectContaining({ number: 1, state: 'finished' }))
  const backups = path.join(workspace, 'backups')
  const replaced = readdirSync(backups).filter((name) => /^replaced-.*\.sqlite$/.test(name))
  expect(replaced.map((name) => readFileSync(path.join(backups, name), 'utf8'))).toEqual(['damaged'])
})
