import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import path from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { forkEntry, messageOf } from '../testing/child'
import { newRun, newTrial } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'
import { createArtefacts } from './artefacts'
import { discardDraft, listDesigns, loadDesign, loadDraft, removeDesign, saveDesign, saveDraft } from './designs'
import { addJournal, readJournal } from './journal'
import { deleteRun, getRun, insertRun, listRuns, updateRun } from './runs'
import { openStore } from './store'
import { copyEpochs, putEpoch, withEpochs } from './epochs'
import { bestTrial, findResult, insertGeneration, listTrials, updateTrial } from './trials'

const epoch = (number: number) => ({
  epoch: number,
  learningRate: 0.1,
  trainLoss: 2 / number,
  trainAccuracy: 0.3,
  validationLoss: 2,
  validationAccuracy: 0.1 * number,
  seconds: 1.5,
})

describe('runs and trials', () => {
  it('round trip, numbered on, with a run never reusing a number', async () => {
    const store = openStore(temporaryFolder())
    await store.write((writer) => insertRun(writer, newRun('a')))
    await store.write((writer) => insertRun(writer, newRun('b', { name: 'second' })))
    await store.write((writer) => deleteRun(writer, 'b'))
    await store.write((writer) => insertRun(writer, newRun('c')))
    expect((await listRuns(store.db)).map(({ id, number }) => [id, number])).toEqual([
      ['c', 3],
      ['a', 1],
    ])
    const error = { code: 'dataset-missing' as const, message: 'gone', fix: 'fetch it' }
    await store.write((writer) => updateRun(writer, 'a', { state: 'failed', seconds: 2.5, error, name: 'renamed' }))
    expect(await getRun(store.db, 'a')).toMatchObject({
      state: 'failed',
      seconds: 2.5,
      error,
      definition: { name: 'renamed' },
    })
    await expect(getRun(store.db, 'x')).rejects.toMatchObject({ code: 'not-found' })
    await store.close()
  })

  it('stores a generation whole or not at all', async () => {
    const store = openStore(temporaryFolder())
    await store.write((writer) => insertRun(writer, newRun('a')))
    const storing = store.write(async (writer) => {
      await insertGeneration(writer, 'a', 0, [newTrial('one'), newTrial('two')])
      throw new Error('the power goes')
    })
    await expect(storing).rejects.toThrow('the power goes')
    expect(await listTrials(store.db, 'a')).toEqual([])
    await store.write((writer) => insertGeneration(writer, 'a', 0, [newTrial('one'), newTrial('two')]))
    await store.write((writer) => insertGeneration(writer, 'a', 1, [newTrial('three')]))
    const trials = await listTrials(store.db, 'a')
    expect(trials.map(({ number, generation }) => [number, generation])).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
    ])
    expect(trials[0]).toMatchObject({ genotype: { name: 'one' }, state: 'waiting', attempt: 1, fitness: null })
    await store.close()
  })

  it('finds what a repeat may reuse: finished in any run, failed only earlier in the same run', async () => {
    const store = openStore(temporaryFolder())
    const key = { evaluationKey: 'same' }
    for (const id of ['a', 'b']) {
      await store.write((writer) => insertRun(writer, newRun(id)))
      await store.write((writer) => insertGeneration(writer, id, 0, [newTrial('x', key), newTrial('y', key)]))
    }
    const [first, second] = await listTrials(store.db, 'a')
    expect(await findResult(store.db, 'same', 'a', 2)).toBeUndefined()
    await store.write((writer) =>
      updateTrial(writer, first!.id, { state: 'failed', error: { code: 'diverged', message: 'NaN' } }),
    )
    expect(await findResult(store.db, 'same', 'a', 2)).toMatchObject({ id: first!.id, state: 'failed' })
    expect(await findResult(store.db, 'same', 'b', 2)).toBeUndefined()
    await store.write((writer) => updateTrial(writer, second!.id, { state: 'finished', fitness: 0.5 }))
    expect(await findResult(store.db, 'same', 'b', 1)).toMatchObject({ id: second!.id, state: 'finished' })
    expect(await bestTrial(store.db, 'a')).toMatchObject({ id: second!.id, fitness: 0.5 })
    await store.close()
  })

  it('replaces an epoch that is trained again and copies epochs to a repeat', async () => {
    const store = openStore(temporaryFolder())
    await store.write((writer) => insertRun(writer, newRun('a')))
    await store.write((writer) => insertGeneration(writer, 'a', 0, [newTrial('one'), newTrial('two')]))
    const [one, two] = await listTrials(store.db, 'a')
    for (const number of [1, 2, 2]) await store.write((writer) => putEpoch(writer, one!.id, epoch(number)))
    await store.write((writer) => copyEpochs(writer, one!.id, two!.id))
    const shown = await withEpochs(store.db, await listTrials(store.db, 'a'))
    expect(shown[1]!.epochs).toEqual([epoch(1), epoch(2)])
    expect(shown[0]!.epochs).toEqual(shown[1]!.epochs)
    await store.close()
  })

  it('keeps the journal in order and gives what is new', async () => {
    const store = openStore(temporaryFolder())
    await store.write((writer) => insertRun(writer, newRun('a')))
    for (const message of ['one', 'two', 'three']) {
      await store.write((writer) => addJournal(writer, 'a', 'info', message))
    }
    const [, second] = await readJournal(store.db, 'a')
    expect((await readJournal(store.db, 'a', second!.id)).map(({ message }) => message)).toEqual(['three'])
    expect((await readJournal(store.db, 'a', 0, 2)).map(({ message }) => message)).toEqual(['two', 'three'])
    await store.close()
  })
})

describe('designs and drafts', () => {
  const block = { kind: 'block' as const, name: 'mine', parameters: 5, macs: null, errors: 0, searchable: true }

  it('keep every version, one name for one block, and what was removed', async () => {
    const store = openStore(temporaryFolder())
    const saved = await store.write((writer) => saveDesign(writer, undefined, block, { version: 'a' }))
    await store.write((writer) =>
      saveDesign(writer, saved.id, { ...block, errors: 2, searchable: false }, { version: 'b' }),
    )
    expect(await loadDesign(store.db, saved.id)).toMatchObject({
      design: { errors: 2, searchable: false },
      document: { version: 'b' },
    })
    await expect(store.write((writer) => saveDesign(writer, undefined, block, {}))).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await store.write((writer) => removeDesign(writer, saved.id))).toBe(true)
    expect(await store.write((writer) => removeDesign(writer, saved.id))).toBe(false)
    expect(await listDesigns(store.db)).toEqual([])
    await store.write((writer) => saveDesign(writer, undefined, block, {}))
    expect(await store.db.selectFrom('design_versions').selectAll().execute()).toHaveLength(3)
    await store.close()
  })

  it('a draft lives until it is discarded', async () => {
    const store = openStore(temporaryFolder())
    await store.write((writer) => saveDraft(writer, 'k', { a: 1 }))
    await store.write((writer) => saveDraft(writer, 'k', { a: 2 }))
    expect(await loadDraft(store.db, 'k')).toEqual({ document: { a: 2 } })
    expect(await store.write((writer) => discardDraft(writer, 'k'))).toBe(true)
    expect(await loadDraft(store.db, 'k')).toBeNull()
    await store.close()
  })
})

describe('artefacts', () => {
  it('are stored once by content, and collected only when no row needs them', async () => {
    const folder = temporaryFolder()
    const store = openStore(folder)
    const artefacts = createArtefacts(store)
    await store.write((writer) => insertRun(writer, newRun('a')))
    await store.write((writer) => insertGeneration(writer, 'a', 0, [newTrial('one')]))
    const kept = await artefacts.put('weights', Buffer.from('kept'))
    const loose = await artefacts.put('weights', Buffer.from('loose'))
    expect(kept).toEqual(await artefacts.put('weights', Buffer.from('kept')))
    await store.write(async (writer) => {
      await artefacts.refer(writer, kept, 'trial:1')
      await artefacts.refer(writer, loose, 'trial:2')
      await updateTrial(writer, 1, { state: 'finished', weightsSha256: kept.sha256 })
    })
    await store.write((writer) => artefacts.release(writer, 'trial:2'))
    // The trial's own column keeps its weights even if a reference were lost.
    await store.write((writer) => artefacts.release(writer, 'trial:1'))
    await store.close()

    const again = openStore(folder)
    const reopened = createArtefacts(again)
    expect(await reopened.collect()).toBe(1)
    expect(readFileSync(reopened.path(kept.sha256), 'utf8')).toBe('kept')
    expect(existsSync(reopened.path(loose.sha256))).toBe(false)
    await again.close()
  })

  it('does not mind what a file manager left in its folder', async () => {
    const folder = temporaryFolder()
    const store = openStore(folder)
    const artefacts = createArtefacts(store)
    const { sha256 } = await artefacts.put('weights', Buffer.from('kept'))
    writeFileSync(path.join(store.folders.artefacts, '.DS_Store'), '')
    mkdirSync(path.join(path.dirname(artefacts.path(sha256)), 'a folder'))
    const inTwoDays = Date.now() + 48 * 60 * 60 * 1000
    // What was stored in this session may still be about to be referred to.
    expect(await artefacts.collect(inTwoDays)).toBe(0)
    await store.close()
    const again = openStore(folder)
    expect(await createArtefacts(again).collect(inTwoDays)).toBe(1)
    await again.close()
  })

  it('adopts a file only when its content is what was promised', async () => {
    const folder = temporaryFolder()
    const store = openStore(folder)
    const artefacts = createArtefacts(store)
    const file = path.join(folder, 'weights.bin')
    writeFileSync(file, 'abc')
    await expect(artefacts.adopt('weights', file, 'ff'.repeat(32))).rejects.toMatchObject({ code: 'storage-failed' })
    const sha256 = createHash('sha256').update('abc').digest('hex')
    expect(await artefacts.adopt('weights', file, sha256)).toEqual({ sha256, kind: 'weights', sizeBytes: 3 })
    expect(existsSync(file)).toBe(false)
    expect(readFileSync(artefacts.path(sha256), 'utf8')).toBe('abc')
    await store.close()
  })
})

describe('when the machine does not help', () => {
  it('a killed writer leaves whole facts only, and the next engine takes over at once', async () => {
    const folder = temporaryFolder()
    const child = await forkEntry(path.join(__dirname, '../testing/endless-writer.ts'), [folder])
    // Killed in the middle of its loop, after at least this many generations of three trials.
    await messageOf(child, (message) => Number(message) >= 20)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    const started = Date.now()
    const store = openStore(folder)
    expect(store.readOnly).toBe(false)
    expect(Date.now() - started).toBeLessThan(1000)
    expect(await store.db.selectFrom('lease').selectAll().execute()).toHaveLength(1)
    const trials = await listTrials(store.db, 'endless')
    expect(trials.length).toBeGreaterThanOrEqual(60)
    expect(trials.length % 3).toBe(0)
    expect(trials.map(({ number }) => number)).toEqual(trials.map((_, index) => index + 1))
    // Each generation's journal line is in the transaction of its trials.
    expect(await readJournal(store.db, 'endless', 0, 1_000_000)).toHaveLength(trials.length / 3)
    await store.close()
  })

  it.skipIf(process.getuid?.() === 0)('a folder without write permission is reported with a way out', () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o500)
    expect(() => openStore(path.join(folder, 'inner'))).toThrow(
      expect.objectContaining({
        code: 'storage-failed',
        fix: expect.stringContaining('permission') as string,
      }) as Error,
    )
    chmodSync(folder, 0o700)
  })

  it('a workspace path that is a file is reported with a way out', () => {
    const file = path.join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(() => openStore(file)).toThrow(expect.objectContaining({ code: 'storage-failed' }) as Error)
  })

  it.skipIf(process.platform !== 'linux')('a place where no folder can be made is refused at once', () => {
    for (const place of ['/proc/no-workspace/below', '/proc', '/dev/null/workspace'])
      expect(() => openStore(place)).toThrow(expect.objectContaining({ code: 'storage-failed' }) as Error)
  })

  it('a full disk fails the write and nothing of it stays', async () => {
    const store = openStore(temporaryFolder())
    await store.write((writer) => insertRun(writer, newRun('a')))
    // SQLite's own limit gives the same error as a full disk.
    await sql`PRAGMA max_page_count=1`.execute(store.db)
    const big = Array.from({ length: 200 }, (_, index) => newTrial(`${index}`, { document: 'x'.repeat(10_000) }))
    await expect(store.write((writer) => insertGeneration(writer, 'a', 0, big))).rejects.toMatchObject({
      code: 'storage-failed',
      fix: expect.stringContaining('space') as string,
    })
    expect(await listTrials(store.db, 'a')).toEqual([])
    await store.close()
  })
})
