// What a training of a proposer may write over. The training itself is train.test.ts's; here it is refused before it begins.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { proposerTrainingSchema } from '@shared/contract/proposer'
import { PAPER_PROPOSERS } from '@shared/strategies/paper-proposers'
import { listing } from '@node/testing/listing'
import { safeFolder } from '@node/safe-target'
import { writeDrawn } from '../testing/small-checkpoint'
import { ownCheckpoint } from './own-checkpoint'
import { trainProposer } from './train'
import { writeState } from './training-state'

let folder: string
const at = (name: string) => path.join(folder, name)
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'own-checkpoint-')))
  mkdirSync(at('out'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const begin = (out: string) => trainProposer({ training: proposerTrainingSchema.parse({}), out, command: '' }).next()
const state = { phase: 0, epoch: 1, seconds: 1, losses: [], measurements: [], arrays: [] }

describe('a training of a proposer', () => {
  it.each(['model.json', 'weights.bin', 'CARD.md', 'training.state', 'photo.jpg'])(
    "leaves somebody's %s as it is, before it trains",
    async (name) => {
      writeFileSync(at(`out/${name}`), 'precious')
      const before = listing(folder)
      await expect(begin(at('out'))).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(name) as string,
      })
      expect(listing(folder)).toEqual(before)
    },
  )

  it('leaves a file, and what a link leads to', async () => {
    writeFileSync(at('thesis.txt'), 'precious')
    writeFileSync(at('out/photo.jpg'), 'precious')
    symlinkSync(at('out'), at('link'))
    const before = listing(folder)
    for (const place of ['thesis.txt', 'link'])
      await expect(begin(at(place))).rejects.toMatchObject({ code: 'conflict' })
    expect(listing(folder)).toEqual(before)
  })
})

describe('what a training wrote', () => {
  it('may be written over, with the state of a broken-off one beside it', async () => {
    await writeDrawn(at('out'))
    expect(await safeFolder(at('out'), ownCheckpoint)).toBe(at('out'))
    await writeState(at('out'), 'of some training', state)
    expect(await safeFolder(at('out'), ownCheckpoint)).toBe(at('out'))
  })

  it('is left once its owner has changed it', async () => {
    await writeDrawn(at('out'))
    writeFileSync(at('out/CARD.md'), `${readFileSync(at('out/CARD.md'), 'utf8')}My notes.\n`)
    await expect(safeFolder(at('out'), ownCheckpoint)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('CARD.md') as string,
    })
  })

  it('is left where a broken-off training has got company', async () => {
    await writeState(at('out'), 'of some training', state)
    writeFileSync(at('out/photo.jpg'), 'precious')
    await expect(safeFolder(at('out'), ownCheckpoint)).rejects.toMatchObject({
      message: expect.stringContaining('photo.jpg') as string,
    })
  })

  it.each(PAPER_PROPOSERS)('covers what comes with the product: %s', async (name) => {
    const shipped = path.resolve('resources/proposer', name)
    expect(await safeFolder(shipped, ownCheckpoint)).toBe(realpathSync(shipped))
  })
})
