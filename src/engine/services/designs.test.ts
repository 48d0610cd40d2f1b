// Designs as a client sees them, and what a search makes of them.
import { describe, expect, it } from 'vitest'
import { inspectDocument } from '@shared/architecture/checks'
import {
  addNode,
  applyDiff,
  chainDocument,
  cifarStem,
  classifierHead,
  newBlockDocument,
  newNetworkDocument,
  parseDocument,
} from '@shared/architecture/document'
import { blockLibrary } from '@shared/architecture/library'
import { temporaryFolder } from '../testing/temporary-folder'
import { fetchTiny, follow, openEngine, tinyChains, tinySearch } from '../testing/open-engine'

describe('designs', () => {
  it('are checked when saved, refused when they are no documents, and drafts survive', async () => {
    const { client } = await openEngine(temporaryFolder())
    const document = newNetworkDocument('mine', [4, 4, 3], 3)
    const saved = await client.designs.save({ document })
    expect(saved).toMatchObject({ kind: 'network', name: 'mine' })
    expect((await client.designs.load({ id: saved.id })).document).toEqual(document)
    await expect(client.designs.save({ document: { format: 'x' } })).rejects.toMatchObject({
      code: 'invalid-architecture',
    })
    await client.designs.saveDraft({ key: saved.id, document })
    expect(await client.designs.loadDraft({ key: saved.id })).toEqual({ document })
    expect(await client.designs.remove({ id: saved.id })).toEqual({ removed: true })
    expect(await client.designs.list()).toEqual([])
  })

  it("a user's block joins the space of a search by name, and the run keeps it as it was", async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const saved = await engine.client.designs.save({ document: newBlockDocument('my-block') })
    expect(saved).toMatchObject({ kind: 'block', errors: 0, searchable: true })
    await expect(engine.client.designs.save({ document: newBlockDocument('my-block') })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(engine.client.designs.save({ document: newBlockDocument('common-conv') })).rejects.toMatchObject({
      code: 'conflict',
    })
    const space = tinyChains({ blocks: ['my-block'] })
    const { id } = await engine.client.searches.create({ definition: tinySearch({ space }), start: false })
    await engine.client.designs.remove({ id: saved.id })
    await engine.client.searches.resume({ id })
    expect((await follow(engine, id)).at(-1)!.run.counts.finished).toBe(6)
    const { trials } = await engine.client.trials.list({ id })
    expect(JSON.stringify(trials[0]!.genotype)).toContain('my-block')
    await expect(engine.client.searches.create({ definition: tinySearch({ space }) })).rejects.toMatchObject({
      code: 'invalid-architecture',
    })
  })

  it('hold every block that they name, so that they mean the same whatever becomes of the library', async () => {
    const { client } = await openEngine(temporaryFolder())
    const part = await client.designs.save({ document: newBlockDocument('part') })
    const outer = newBlockDocument('outer')
    const naming = applyDiff(outer, addNode(outer, { block: 'part' }, { after: 'relu-1' }))
    const saved = await client.designs.save({ document: naming })
    await client.designs.remove({ id: part.id })
    const { document } = await client.designs.load({ id: saved.id })
    const problems = inspectDocument(parseDocument(document), blockLibrary([])).problems
    expect(problems.map(({ code }) => code)).not.toContain('unknown-block')
    expect(saved).toMatchObject({ errors: 0, searchable: true })
  })

  it('a designed network seeds the first generation, or says why it cannot', async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const space = tinyChains({ minBlocks: 1, stemWidth: 16, blocks: null })
    const fitting = chainDocument({
      name: 'designed',
      inputShape: [4, 4, 3],
      classes: 3,
      stem: cifarStem(16),
      blocks: [{ block: 'common-conv', parameters: { width: 16 } }],
      head: classifierHead(),
    })
    const design = await engine.client.designs.save({ document: fitting })
    const definition = tinySearch({ space, seedDesigns: [design.id] })
    expect((await engine.client.searches.check({ definition })).problems).toEqual([])
    const { id } = await engine.client.searches.create({ definition })
    await follow(engine, id)
    const [first] = (await engine.client.trials.list({ id })).trials
    expect(first).toMatchObject({ origin: { operator: 'seed' }, genotype: { blocks: [{ block: 'common-conv' }] } })
    const other = await engine.client.designs.save({ document: newNetworkDocument('too large', [8, 8, 3], 3) })
    const refused = await engine.client.searches.check({ definition: tinySearch({ space, seedDesigns: [other.id] }) })
    expect(refused.problems[0]).toMatch(/"too large" cannot seed this search: it takes images of \[8, 8, 3\]/)
  })
})
