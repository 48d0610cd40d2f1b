// Exports as a client sees them.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Export } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import type { Manifest } from '../datasets/manifest'
import { createArtefacts } from '../storage/artefacts'
import { openStore } from '../storage/store'
import { getTrial, updateTrial } from '../storage/trials'
import { temporaryFolder } from '../testing/temporary-folder'
import { fetchTiny, follow, openEngine, tinySearch, type Opened } from '../testing/open-engine'

type Wish = Parameters<Opened['client']['exports']['create']>[0]

/** Follows an export to its end. */
async function exported({ client }: Opened, wish: Wish): Promise<Export | null> {
  let last: Export | null = null
  for await (const { result } of await client.exports.create(wish)) last = result
  return last
}

/** Puts another whole weights file in the place of a trial's, and changes every row that names it. */
async function exchangeWeights(
  workspace: string,
  trialId: number,
  change: (content: { readonly accuracy: number }) => object,
): Promise<void> {
  const store = openStore(workspace)
  const artefacts = createArtefacts(store)
  const { weightsSha256 } = await getTrial(store.db, trialId)
  const content = JSON.parse(readFileSync(artefacts.path(weightsSha256!), 'utf8')) as { accuracy: number }
  const other = await artefacts.put('weights', Buffer.from(JSON.stringify(change(content))))
  await store.write(async (writer) => {
    await artefacts.refer(writer, other, `trial:${trialId}`)
    await updateTrial(writer, trialId, { weightsSha256: other.sha256 })
  })
  await store.close()
}

describe('exports', () => {
  it('are written, proven on test images and kept; a difference fails the proof and is kept too', async () => {
    for (const [proofChange, passed] of [
      [0, true],
      [0.01, false],
    ] as const) {
      const engine = await openEngine(temporaryFolder(), { proofChange })
      await fetchTiny(engine)
      const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
      const best = (await follow(engine, id)).at(-1)!.run.bestTrialId!
      const stages: string[] = []
      for await (const { stage } of await engine.client.exports.create({ trialId: best })) stages.push(stage)
      expect(stages).toEqual(['checking', 'writing', 'proving', 'done'])
      const [made] = await engine.client.exports.list({ trialId: best })
      // The whole test split: it has fewer images than a proof looks at.
      expect(made).toMatchObject({ trialId: best, proof: { passed, images: 15, split: 'test', runtime: 'plain tfjs' } })
      expect(made!.proof).toMatchObject({ latency: { median: 1, p95: 2, runs: 3 } })
      expect(made!.proof!.sizeBytes).toBeGreaterThan(0)
      // Only what differs is looked through, and the layer is told.
      expect(made!.proof!.firstDifference).toEqual(
        passed ? null : { layer: expect.stringMatching(/^layer \d+$/) as string, difference: 1 },
      )
      expect(existsSync(path.join(made!.folder, 'model.json'))).toBe(true)
      expect(await engine.client.exports.list({ trialId: best + 1 })).toEqual([])
    }
  })

  it('are proven on every test image where that is asked for, and say on how many', async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    const trialId = (await follow(engine, id)).at(-1)!.run.bestTrialId!
    const messages: string[] = []
    for await (const { message } of await engine.client.exports.create({ trialId, allImages: true }))
      messages.push(message)
    expect(messages.join('\n')).toContain('on all 15 test images and random inputs')
    const ofImport = exported(engine, { importId: 1, allImages: true })
    await expect(ofImport).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('no test images') as string,
    })
  })

  it('are refused with images that replaced those of the run: classes and normalisation would be theirs', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    const { run } = (await follow(engine, id)).at(-1)!
    const dataset = path.join(folder, 'cache', 'datasets', run.definition.data.dataset)
    const manifest = path.join(dataset, 'manifest.json')
    const replaced = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest
    const { images } = replaced.splits.train
    const pixels = readFileSync(path.join(dataset, images.path)).fill(7)
    writeFileSync(path.join(dataset, images.path), pixels)
    images.sha256 = createHash('sha256').update(pixels).digest('hex')
    writeFileSync(manifest, JSON.stringify(replaced))
    await expect(exported(engine, { trialId: run.bestTrialId! })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('other images') as string,
    })
  })

  it('write the format they are given, or refuse it', async () => {
    const engine = await openEngine(temporaryFolder())
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    const best = (await follow(engine, id)).at(-1)!.run.bestTrialId!
    const made = await exported(engine, { trialId: best, format: 'architecture-json' })
    expect(made).toMatchObject({ format: 'architecture-json', proof: null })
    expect(engine.pool.exports).toMatchObject([{ format: 'architecture-json', weights: null }])
    expect(await engine.client.exports.list({ trialId: best })).toEqual([made])
    const unknown = exported(engine, { trialId: best, format: 'pickle' as 'tfjs' })
    await expect(unknown).rejects.toMatchObject({ code: 'invalid-input' })
    expect(engine.pool.exports).toHaveLength(1)
  })

  it('are proven again where they lie, also elsewhere and by a file of theirs; and say so when none was asked for', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    const trialId = (await follow(engine, id)).at(-1)!.run.bestTrialId!
    const made = await exported(engine, { trialId, prove: false })
    expect(made?.proof).toBeNull()
    const metadataOf = (place: string) =>
      JSON.parse(readFileSync(path.join(place, 'metadata.json'), 'utf8')) as Record<string, unknown>
    // Written by a stand-in: what it lacks is what a compute writes.
    const { weights } = engine.pool.exports.at(-1)!
    const sha256 = path.basename(weights!)
    const elsewhere = path.join(folder, 'elsewhere')
    mkdirSync(elsewhere)
    writeFileSync(path.join(elsewhere, 'model.json'), '{}')
    const files = [{ name: 'model.json', sha256: createHash('sha256').update('{}').digest('hex') }]
    writeFileSync(
      path.join(elsewhere, 'metadata.json'),
      JSON.stringify({ format: 'tfjs', architecture: {}, files, weights: { sha256 } }),
    )
    for (const place of [elsewhere, path.join(elsewhere, 'model.json')]) {
      let proven: Export | null = null
      for await (const { result } of await engine.client.exports.prove({ folder: place })) proven = result
      expect(proven).toMatchObject({ trialId, folder: elsewhere, proof: { passed: true } })
    }
    expect(metadataOf(elsewhere)).toMatchObject({ proof: { verdict: 'equal' } })
    rmSync(path.join(elsewhere, 'model.json'))
    const prove = async (place: string) => {
      for await (const _ of await engine.client.exports.prove({ folder: place })) continue
    }
    await expect(prove(elsewhere)).rejects.toMatchObject({ code: 'not-found' })
    await expect(prove(folder)).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(prove(path.join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' })
    const foreign = { ...metadataOf(elsewhere), weights: { sha256: '0'.repeat(64) } }
    writeFileSync(path.join(elsewhere, 'metadata.json'), JSON.stringify(foreign))
    await expect(prove(elsewhere)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('No trial and no imported network of this workspace') as string,
    })
  })

  it('go into no folder of the program but that of exports, and over nothing of somebody else', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    const trialId = (await follow(engine, id)).at(-1)!.run.bestTrialId!
    const workspace = path.join(folder, 'workspace')
    const strangers = path.join(folder, 'strangers')
    mkdirSync(strangers)
    writeFileSync(path.join(strangers, 'thesis.tex'), 'x')
    for (const [wanted, code] of [
      [workspace, 'conflict'],
      [path.join(workspace, 'artefacts', 'new'), 'conflict'],
      [path.join(workspace, 'exports'), 'conflict'],
      [path.join(folder, 'cache', 'new'), 'conflict'],
      [strangers, 'conflict'],
      ['model', 'invalid-input'],
      ['', 'invalid-input'],
    ] as const)
      await expect(exported(engine, { trialId, folder: wanted }), wanted).rejects.toMatchObject({ code })
    // Refused before any work.
    expect(engine.pool.exports).toEqual([])
    expect(await exported(engine, { trialId, folder: path.join(workspace, 'exports', 'mine') })).toMatchObject({
      trialId,
    })
  })

  it('are refused with weights that are not the trial’s: another file under its hash', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    const trialId = (await follow(engine, id)).at(-1)!.run.bestTrialId!
    const artefacts = path.join(folder, 'workspace', 'artefacts')
    for (const name of readdirSync(artefacts, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(artefacts, name)
      if (/[0-9a-f]{64}$/.test(name))
        writeFileSync(
          file,
          readFileSync(file).map((byte) => byte ^ 1),
        )
    }
    await expect(exported(engine, { trialId })).rejects.toMatchObject({
      code: 'storage-failed',
      message: expect.stringContaining('not what was trained') as string,
    })
    expect(engine.pool.exports).toEqual([])
  })

  it('are refused with weights that score other than the best epoch, though name, row and file agree; nothing is written', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    const trialId = (await follow(engine, id)).at(-1)!.run.bestTrialId!
    await engine.close()
    const workspace = path.join(folder, 'workspace')
    await exchangeWeights(workspace, trialId, (content) => ({ ...content, accuracy: content.accuracy / 2 }))
    const again = await openEngine(folder)
    const target = path.join(folder, 'out')
    await expect(exported(again, { trialId, folder: target })).rejects.toMatchObject({
      code: 'storage-failed',
      message: expect.stringMatching(/epoch 1, its best, .* on the same 15 images/) as string,
    })
    expect(again.pool.exports).toEqual([])
    expect(existsSync(target)).toBe(false)
  })

  it('need a trained network where the format holds one', async () => {
    const engine = await openEngine(temporaryFolder(), {
      train: () => {
        throw new AppError('diverged', 'No luck.')
      },
    })
    await fetchTiny(engine)
    const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1 }) })
    await follow(engine, id)
    const { trials } = await engine.client.trials.list({ id })
    expect(trials[0]).toMatchObject({ state: 'failed' })
    const { id: trialId } = trials[0]!
    await expect(exported(engine, { trialId })).rejects.toMatchObject({ code: 'not-found' })
    expect(await exported(engine, { trialId, format: 'architecture-json' })).toMatchObject({ trialId })
  })
})
