// Checkpoints come back as they were written, and what is not what it says is refused with a reason.
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blockNames, vocabularySize } from '@shared/language'
import { readCheckpoint } from './checkpoint'
import type { ModelFile } from './model-file'
import { PRIOR } from './classifier'
import { drawnArrays, drawnFirstFormat, writeDrawn } from '../testing/small-checkpoint'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proposer-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function change(edit: (model: ModelFile) => void): Promise<void> {
  const path = join(folder, 'model.json')
  const model = JSON.parse(await readFile(path, 'utf8')) as ModelFile
  edit(model)
  await writeFile(path, JSON.stringify(model))
}

describe('a checkpoint', () => {
  it('comes back bit by bit, in three files and nothing else', async () => {
    const sha256 = await writeDrawn(folder)
    const { model, card, arrays } = await readCheckpoint(folder)
    const written = drawnArrays(7)
    expect(arrays.map(({ name, shape }) => ({ name, shape }))).toEqual(
      written.map(({ name, shape }) => ({ name, shape })),
    )
    expect(
      arrays.every(({ values }, i) => Buffer.from(values.buffer).equals(Buffer.from(written[i]!.values.buffer))),
    ).toBe(true)
    expect(card).toBe('# drawn\n')
    expect(model.weights.sha256).toBe(sha256)
    expect(model.vocabulary.size).toBe(vocabularySize)
    expect(model.blocks).toEqual(blockNames)
    expect((await readdir(folder)).sort()).toEqual(['CARD.md', 'model.json', 'weights.bin'])
    expect(model.weights.sizeBytes).toBeLessThan(5_000_000)
  })

  it('is of the first format without a table of counts, and opens as ever', async () => {
    await writeDrawn(folder, 7, drawnFirstFormat)
    const { model, arrays } = await readCheckpoint(folder)
    expect(model.format).toBe('gptnas-proposer/1')
    expect(model.classifier.prior).toBeUndefined()
    expect(arrays.map(({ name }) => name)).not.toContain(PRIOR)
    await writeDrawn(folder)
    expect((await readCheckpoint(folder)).model.format).toBe('gptnas-proposer/2')
  })

  it('is missed by name', async () => {
    await expect(readCheckpoint(join(folder, 'none'))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('model.json') as string,
      fix: expect.stringContaining('gpt-nas proposer train') as string,
    })
  })

  it('is refused when a bit of its weights changed, or some are missing', async () => {
    await writeDrawn(folder)
    const weights = await readFile(join(folder, 'weights.bin'))
    const changed = Buffer.from(weights)
    changed[1000]! ^= 1
    await writeFile(join(folder, 'weights.bin'), changed)
    await expect(readCheckpoint(folder)).rejects.toMatchObject({
      message: expect.stringContaining('SHA-256') as string,
    })
    await writeFile(join(folder, 'weights.bin'), weights.subarray(0, -4))
    await expect(readCheckpoint(folder)).rejects.toMatchObject({ code: 'invalid-input' })
    await rm(join(folder, 'weights.bin'))
    await expect(readCheckpoint(folder)).rejects.toMatchObject({
      message: expect.stringContaining('weights.bin cannot be read') as string,
    })
  })

  it.each<[string, (model: ModelFile) => void, string]>([
    ['another vocabulary', ({ vocabulary }) => (vocabulary.name = 'paper-2'), 'paper-2'],
    ['a vocabulary of another size', ({ vocabulary }) => (vocabulary.size = 168), '168 tokens'],
    ['one whose ids mean something else', ({ vocabulary }) => (vocabulary.sha256 = 'f'.repeat(64)), 'ffffffffffff'],
    ['other blocks', ({ blocks }) => blocks.reverse(), 'knows the blocks'],
    ['arrays that the weights do not fill', ({ weights }) => weights.arrays.shift(), 'its arrays need'],
    [
      'a table that its format does not know',
      (model) => Object.assign(model, { format: 'gptnas-proposer/1' }),
      'contradicts itself',
    ],
    ['a table that its classifier leaves out', ({ classifier }) => (classifier.prior = false), 'contradicts itself'],
    ['another format', (model) => Object.assign(model, { format: 'gptnas-proposer/9' }), 'format'],
  ])('is refused for %s', async (_, edit, reason) => {
    await writeDrawn(folder)
    await change(edit)
    await expect(readCheckpoint(folder)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(reason) as string,
      fix: expect.any(String) as string,
    })
  })

  it('is refused when model.json is cut short', async () => {
    await writeDrawn(folder)
    await writeFile(join(folder, 'model.json'), '{"format": "gptnas')
    await expect(readCheckpoint(folder)).rejects.toMatchObject({
      message: expect.stringContaining('not JSON') as string,
    })
  })
})
