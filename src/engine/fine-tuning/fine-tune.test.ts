// Proposers of a workspace: fine-tuned on its own trials, listed with their reports, chosen for new searches, never replaced.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FineTuneEvent } from '@shared/contract/proposer'
import { fetchTiny, follow, openEngine, tinySearch, type Opened } from '../testing/open-engine'
import { inPlaceTuner } from '../testing/in-place-tuner'
import { temporaryFolder } from '../testing/temporary-folder'

async function opened(): Promise<Opened & { readonly folder: string }> {
  const folder = temporaryFolder()
  cpSync(path.resolve(import.meta.dirname, '../../../resources'), path.join(folder, 'resources'), { recursive: true })
  const engine = await openEngine(folder, { tuner: inPlaceTuner })
  await fetchTiny(engine)
  return { ...engine, folder }
}

async function searched({ client, ...rest }: Opened, evaluations: number): Promise<void> {
  const definition = tinySearch({ strategy: { name: 'random' }, populationSize: evaluations, generations: 1 })
  const { id } = await client.searches.create({ definition })
  await follow({ client, ...rest }, id)
}

async function fineTuned({ client }: Opened, name: string): Promise<FineTuneEvent[]> {
  const events: FineTuneEvent[] = []
  for await (const event of await client.proposer.fineTune({ name, steps: 1 })) events.push(event)
  return events
}

describe('the proposers of a workspace', () => {
  it('learn from its trials into a folder of their own, and a search made then keeps the one in use', async () => {
    const engine = await opened()
    const { client, folder } = engine
    await searched(engine, 24)
    // The same results taken over: they count once.
    await searched(engine, 24)
    // One that was killed while it wrote, and a folder of somebody else's that is called alike.
    const root = path.join(folder, 'workspace', 'proposers')
    cpSync(path.join(folder, 'resources', 'proposer', 'workbench-1'), path.join(root, 'mine.partial-a1B2c3'), {
      recursive: true,
    })
    mkdirSync(path.join(root, 'notes.partial-a1B2c3'))
    writeFileSync(path.join(root, 'notes.partial-a1B2c3', 'notes.txt'), 'precious')
    expect((await client.proposer.checkpoints()).map(({ name }) => name)).toEqual(['workbench-1'])
    const events = await fineTuned(engine, 'mine')
    expect(readdirSync(root).sort()).toEqual(['mine', 'notes.partial-a1B2c3'])
    expect(events.some(({ type }) => type === 'progress')).toBe(true)
    expect(events.at(-1)).toMatchObject({ type: 'finished', name: 'mine', report: { from: { name: 'workbench-1' } } })
    const end = events.at(-1)
    expect(end?.type === 'finished' ? end.report.trainedOn + end.report.heldOut : NaN).toBeLessThanOrEqual(24)
    const place = path.join(folder, 'workspace', 'proposers', 'mine')
    expect(existsSync(path.join(place, 'weights.bin'))).toBe(true)
    expect(readFileSync(path.join(place, 'CARD.md'), 'utf8')).toMatch(/trained on, with[\s\S]*before[\s\S]*after/)

    const before = await client.searches.create({
      definition: tinySearch({ strategy: { name: 'gpt-nas' } }),
      start: false,
    })
    expect(before.definition.strategy).toMatchObject({ checkpoint: '' })
    await client.proposer.use({ name: 'mine' })
    expect((await client.proposer.checkpoints()).map(({ name, isInUse }) => [name, isInUse])).toEqual([
      ['workbench-1', false],
      ['mine', true],
    ])
    const definition = tinySearch({ strategy: { name: 'gpt-nas' }, populationSize: 1, generations: 6 })
    const after = await client.searches.create({ definition })
    expect(after.definition.strategy).toMatchObject({ checkpoint: 'mine' })
    await follow(engine, after.id)
    const { trials } = await client.trials.list({ id: after.id })
    const operators = trials.slice(0, 4).map(({ origin }) => origin.operator)
    expect(operators).toEqual(['proposed', 'proposed', 'surrogate', 'surrogate'])
    expect((await client.searches.verify({ id: after.id })).matches).toBe(true)

    // Back to that of the product; the other stays.
    await client.proposer.use({ name: 'workbench-1' })
    const again = await client.searches.create({ definition, start: false })
    expect(again.definition.strategy).toMatchObject({ checkpoint: '' })
    expect(existsSync(place)).toBe(true)
  }, 120_000)

  it('replace nothing, and are refused with what is missing', async () => {
    const engine = await opened()
    const { client, folder } = engine
    await expect(fineTuned(engine, 'mine')).rejects.toThrow(/No run of this workspace/)
    await searched(engine, 3)
    await expect(fineTuned(engine, 'mine')).rejects.toThrow(/at least 20/)
    await expect(fineTuned(engine, 'workbench-1')).rejects.toThrow(/already/)
    const theirs = path.join(folder, 'workspace', 'proposers', 'theirs')
    mkdirSync(theirs, { recursive: true })
    writeFileSync(path.join(theirs, 'notes.txt'), 'precious')
    await expect(fineTuned(engine, 'theirs')).rejects.toThrow(/already/)
    expect(readFileSync(path.join(theirs, 'notes.txt'), 'utf8')).toBe('precious')
    await expect(client.proposer.use({ name: 'theirs' })).rejects.toThrow(/no proposer "theirs"/)
    const definition = tinySearch({ strategy: { name: 'gpt-nas', checkpoint: 'gone' } })
    await expect(client.searches.create({ definition })).rejects.toThrow(/no proposer "gone"/)
  })

  it('learn of a search in rungs what each came to at the first one, and say so', async () => {
    const engine = await opened()
    const definition = tinySearch({
      ...{ strategy: { name: 'random' }, populationSize: 24, generations: 1 },
      ...{ recipe: { epochs: 2 }, fidelity: { firstRung: 1, reduction: 2 } },
    })
    const { id } = await engine.client.searches.create({ definition })
    await follow(engine, id)
    const events = await fineTuned(engine, 'mine')
    expect(events).toContainEqual({
      type: 'note',
      message: expect.stringMatching(/^Run 1: \d+ architectures, each by its accuracy after 1 epoch\.$/) as string,
    })
    expect(events.at(-1)?.type).toBe('finished')
  }, 120_000)

  it('fall back to that of the product where the choice cannot be read', async () => {
    const engine = await opened()
    const root = path.join(engine.folder, 'workspace', 'proposers')
    mkdirSync(root, { recursive: true })
    writeFileSync(path.join(root, 'in-use.json'), '{')
    expect((await engine.client.proposer.checkpoints()).map(({ isInUse }) => isInUse)).toEqual([true])
  })
})
