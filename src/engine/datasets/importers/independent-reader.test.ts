// Every importer against NumPy and Pillow, byte for byte: testing/independent_reader.py makes the files and reads them back.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importHarness, type Request } from '../testing/import-harness'

const SCRIPT = path.join(__dirname, '../testing/independent_reader.py')
const CASES = [
  'cifar10-binary',
  'cifar100-binary',
  'cifar10-python',
  'cifar100-python',
  'mnist',
  'mnist-gz',
  'folders-crop',
  'folders-pad',
  'folders-stretch',
  'folders-grey',
  'formats',
  'cmyk',
  'csv',
  'imagenet',
]

interface Expected {
  readonly path: string
  readonly options: Partial<Request>
  readonly classes: readonly string[]
  /** Grey levels that a pixel may be off: 0, but for resizing by an older Pillow and for CMYK. */
  readonly tolerance: number
  readonly labels: Readonly<Record<'train' | 'test', readonly number[]>>
}

const hasReader = spawnSync('python3', ['-c', 'import numpy, PIL']).status === 0

describe.skipIf(!hasReader)('an import equals what NumPy and Pillow read (needs python3 with numpy and pillow)', () => {
  let made: string
  beforeAll(() => {
    made = mkdtempSync(path.join(os.tmpdir(), 'gptnas-reader-'))
    execFileSync('python3', [SCRIPT, made], { stdio: 'inherit' })
  })
  afterAll(() => rmSync(made, { recursive: true, force: true }))

  it.each(CASES)('%s', async (name) => {
    const expected = JSON.parse(readFileSync(path.join(made, `${name}.json`), 'utf8')) as Expected
    const { datasets, run } = importHarness()
    await run({ path: path.join(made, expected.path), name, ...expected.options })
    const ready = await datasets.ready(name)
    expect(ready.manifest.classes).toEqual(expected.classes)
    for (const split of ['train', 'test'] as const) {
      const files = ready.files(split)
      expect([...readFileSync(files.labels)]).toEqual(expected.labels[split])
      const theirs = readFileSync(path.join(made, `${name}.${split}`))
      const ours = readFileSync(files.images)
      expect(ours.length).toBe(theirs.length)
      const imageBytes = ours.length / expected.labels[split].length
      const off = new Array<number>(expected.classes.length).fill(0)
      ours.forEach((value, at) => {
        const label = expected.labels[split][Math.floor(at / imageBytes)]!
        off[label] = Math.max(off[label]!, Math.abs(value - theirs[at]!))
      })
      const wrong = expected.classes.filter((_class, label) => off[label]! > expected.tolerance)
      expect(wrong, `${split}: classes whose pixels are more than ${expected.tolerance} levels apart`).toEqual([])
    }
    expect(ready.manifest.report?.skipped.count).toBe(0)
    expect((await datasets.check(name)).problems).toEqual([])
  })
})
