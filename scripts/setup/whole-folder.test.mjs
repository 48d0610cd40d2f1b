// Damaged caches are noticed: whatever is missing from a folder of set-up, or is not of its size.
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cifar10Folder, dataSet } from './data-set.mjs'
import { buildFolder } from './files.mjs'
import { tensorflow, tensorflowFolder } from './tensorflow.mjs'
import { isWhole } from './whole-folder.mjs'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'set-up-test-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

const FILES = { 'lib/one.so': 'one', 'lib/two.so': 'twofold', 'include/a/b.h': '', 'include/c.h': 'text' }
const at = (name) => path.join(folder, 'runtime', name)
const fill = async (target, files = FILES) => {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(target, name)), { recursive: true })
    await writeFile(path.join(target, name), content)
  }
}
const make = () =>
  buildFolder(at(''), async (temporary) => {
    await fill(temporary)
    await symlink('one.so', path.join(temporary, 'lib/link.so'))
  })
const NAMES = [...Object.keys(FILES), 'lib/link.so']

describe('a folder that set-up made', () => {
  it('is whole, and stays so when something is added', async () => {
    await make()
    expect(await isWhole(at(''), [])).toBe(true)
    await writeFile(at('notes.txt'), 'mine')
    expect(await isWhole(at(''), [])).toBe(true)
    expect((await readdir(folder)).sort()).toEqual(['runtime', 'runtime.files.json'])
  })

  it('is not whole after any file was removed, cut off or grew; made anew it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(NAMES, { minLength: 1 }),
        fc.constantFrom('remove', 'cut', 'grow'),
        async (names, damage) => {
          await make()
          for (const name of names) {
            const canCut = FILES[name] !== undefined && FILES[name] !== ''
            if (damage === 'grow' && FILES[name] !== undefined) await appendFile(at(name), '.')
            else if (damage === 'cut' && canCut) await truncate(at(name), 1)
            else await rm(at(name))
          }
          expect(await isWhole(at(''), [])).toBe(false)
          await make()
          expect(await isWhole(at(''), [])).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('is not whole when it is gone, or a file where it was', async () => {
    await make()
    await rm(at(''), { recursive: true })
    expect(await isWhole(at(''), [])).toBe(false)
    await writeFile(path.join(folder, 'runtime'), '')
    expect(await isWhole(at(''), [])).toBe(false)
  })
})

describe('a folder without a list of its files, from an earlier set-up', () => {
  it.each([['none'], ['a damaged one']])('is taken over by its essential files, with %s', async (kind) => {
    await fill(at(''))
    if (kind !== 'none') await writeFile(path.join(folder, 'runtime.files.json'), '{"files": {')
    expect(await isWhole(at(''), ['lib/one.so', 'lib/two.so'])).toBe(true)
    expect(JSON.parse(await readFile(path.join(folder, 'runtime.files.json'), 'utf8')).files).toMatchObject({
      'lib/two.so': 7,
    })
    await rm(at('include/c.h'))
    expect(await isWhole(at(''), ['lib/one.so', 'lib/two.so'])).toBe(false)
  })

  it('is not whole where one of them is missing or empty', async () => {
    await fill(at(''))
    expect(await isWhole(at(''), ['lib/one.so', 'lib/three.so'])).toBe(false)
    expect(await isWhole(at(''), ['lib/one.so', 'include/a/b.h'])).toBe(false)
  })
})

describe.each([
  ['TensorFlow', tensorflow, tensorflowFolder, ['lib/libtensorflow_cc.so.2', 'lib/libtensorflow_framework.so.2']],
  ['CIFAR-10', dataSet, cifar10Folder, ['data_batch_3.png', 'test_batch.png', 'test_lables.json']],
])('the step of %s', (_title, step, place, some) => {
  it.each(some)('is not done without %s', async (missing) => {
    vi.stubEnv('GPTNAS_CACHE', folder)
    const names = ['lib/libtensorflow_cc.so.2', 'lib/libtensorflow_framework.so.2', 'lib/THIRD_PARTY_NOTICES.txt']
    const sheets = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.png`)
    const all = [...names, 'include/tensorflow/c/c_api.h', ...sheets, 'test_batch.png']
    const files = [...all, 'train_lables.json', 'test_lables.json'].map((name) => [name, name])
    await fill(place(), Object.fromEntries(files))
    expect(await step.isDone()).toBe(true)
    await rm(path.join(place(), missing))
    expect(await step.isDone()).toBe(false)
  })
})
