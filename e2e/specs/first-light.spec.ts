// The product in one go, as a first user would: design a block, search with it on real CIFAR-10 images while a compute is
// killed, open the best network, export it, and find the same predictions in plain tfjs.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { designIds } from '../../src/renderer/src/features/design/ids'
import { testIds } from '../../src/renderer/src/lib/ids'
import { expect, root, test } from '../fixtures/app'
import { computesOf } from '../fixtures/processes'
import { Workbench } from '../pages/workbench'

test('design a block, search with it, export the best and find it equal in plain tfjs', async ({
  launched,
  folders,
}) => {
  const { page } = launched
  const workbench = new Workbench(page)

  await test.step('design a block and save it', async () => {
    await workbench.open('design')
    await page.getByTestId(designIds.newBlock).click()
    await expect(page.getByTestId(designIds.nodeCount)).toBeVisible()
    const before = await page.getByTestId(designIds.nodeCount).innerText()
    await page.getByTestId(designIds.paletteFilter).fill('relu')
    await page.getByTestId(designIds.paletteItem('layer:relu')).click()
    await expect(page.getByTestId(designIds.nodeCount)).not.toHaveText(before)
    await page.getByTestId(designIds.undo).click()
    await expect(page.getByTestId(designIds.nodeCount)).toHaveText(before)
    await page.getByTestId(designIds.redo).click()
    await page.getByTestId(designIds.name).fill('my-block')
    await page.getByTestId(designIds.name).press('Enter')
    await expect(page.getByTestId(designIds.cost)).toContainText(/parameters/i)
    await page.getByTestId(designIds.save).click()
    await expect(page.getByTestId(designIds.searchable)).toContainText(/search/i)
  })

  await test.step('search with it; a compute is killed in the middle', async () => {
    await workbench.startSearch({
      name: 'With my block',
      strategy: 'gpt-nas:paper',
      trials: 3,
      images: 300,
      epochs: 2,
      maxMacs: 4_000_000,
    })
    await workbench.waitForTraining()
    const [victim] = computesOf(launched.app.process().pid ?? 0)
    expect(victim).toBeDefined()
    process.kill(victim!, 'SIGKILL')
    await workbench.expectRunState(/Finished/, 240_000)
  })

  await test.step('open the best trial and export it with its proof', async () => {
    await workbench.open('results')
    await expect(page.getByTestId(testIds.tableRow)).toHaveCount(3)
    await page.getByTestId(testIds.tableRow).first().click()
    await expect(page.getByTestId(testIds.trialDrawer)).toBeVisible()
    await page.getByTestId(testIds.exportTrial).click()
    await expect(page.getByTestId(testIds.proofCard)).toContainText('100', { timeout: 120_000 })
  })

  await test.step('the exported model predicts in plain tfjs of this checkout, too', () => {
    const exportsFolder = join(folders.workspace, 'exports')
    const [name] = readdirSync(exportsFolder)
    const folder = join(exportsFolder, name ?? '')
    expect(existsSync(join(folder, 'model.json'))).toBe(true)
    const program = `
      const tf = require('@tensorflow/tfjs')
      const fs = require('node:fs'), path = require('node:path')
      const folder = process.argv[1]
      const { modelTopology, weightsManifest } = JSON.parse(fs.readFileSync(path.join(folder, 'model.json'), 'utf8'))
      const paths = weightsManifest.flatMap((group) => group.paths)
      const weightData = Uint8Array.from(Buffer.concat(paths.map((file) => fs.readFileSync(path.join(folder, file))))).buffer
      const weightSpecs = weightsManifest.flatMap((group) => group.weights)
      tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData })).then((model) => {
        const output = model.predict(tf.ones([2, 32, 32, 3]).mul(128))
        process.stdout.write(JSON.stringify({ shape: output.shape, sum: output.sum(1).arraySync() }))
      })`
    const output = execFileSync(process.execPath, ['-e', program, folder], { cwd: root, encoding: 'utf8' })
    const { shape, sum } = JSON.parse(output.slice(output.indexOf('{"shape'))) as { shape: number[]; sum: number[] }
    expect(shape).toEqual([2, 10])
    for (const value of sum) expect(value).toBeCloseTo(1, 4)
    const metadata = readFileSync(join(folder, 'metadata.json'), 'utf8')
    expect(metadata).toContain('airplane')
  })

  await test.step('the found network opens in the editor', async () => {
    await page.getByTestId(testIds.openInEditor).click()
    await expect(page.getByTestId(designIds.canvas)).toBeVisible()
    await expect(page.getByTestId(designIds.nodeCount)).toContainText(/\d+/)
  })
  expect(launched.pageErrors).toEqual([])
})
