// The most valuable find of a data check: one picture under two classes.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder'
import { importHarness } from '../testing/import-harness'
import { classFolderFiles, pngOf } from '../testing/small-files'

it('names a picture that stands in two classes, first of what the images show', async () => {
  const place = temporaryFolder()
  const twice = pngOf(8, 8, 77)
  const files = [...classFolderFiles(8), { name: 'left/odd.png', data: twice }, { name: 'right/same.png', data: twice }]
  for (const { name, data } of files) {
    mkdirSync(path.dirname(path.join(place, name)), { recursive: true })
    writeFileSync(path.join(place, name), data ?? '')
  }
  const harness = importHarness()
  await harness.run({ path: place, name: 'mine' })
  const { report } = await harness.datasets.inspect('mine')
  const note = report?.notes.find((text) => text.includes('another class'))
  expect(note).toMatch(/^Warning: 2 images/)
  expect(note).toContain('left/odd.png (left)')
  expect(note).toContain('right/same.png (right)')
})
