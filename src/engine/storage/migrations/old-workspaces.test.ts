// Workspaces as programs of before wrote them: what is in them is there after they have been brought up to date.
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { newTrial } from '../../testing/run-fixtures'
import { temporaryFolder } from '../../testing/temporary-folder'
import { openDatabase } from '../database'
import { migrate } from '../migrate'
import { insertExport, listExports, type NewExport } from '../exports'
import { getRun, deleteRun } from '../runs'
import { DATABASE_FILE, openStore } from '../store'
import { listTrials, updateTrial } from '../trials'
import { MIGRATIONS } from '.'

/** As programs wrote it before runs had a resolution and strategies their own parameters: what is left out has a default. */
const OLD_DEFINITION = {
  name: 'Old',
  strategy: 'ga',
  crossoverRate: 0.8,
  mutationRate: 0.2,
  eliminationRate: 0.4,
  populationSize: 4,
  generations: 2,
  data: { dataset: 'cifar-10', trainImages: 8000, validationImages: 2000, splitSeed: 0 },
  recipe: { epochs: 2, batchSize: 64, optimizer: 'sgd', learningRate: 0.05 },
  seed: 3,
}

const OLD_VERSIONS = MIGRATIONS.slice(0, -1).map(({ number }) => number)

const EPOCH = {
  ...{
    epoch: 1,
    learning_rate: 0.1,
    train_loss: 1,
    train_accuracy: 0.5,
    validation_loss: 0.9,
    validation_accuracy: 0.6,
  },
  seconds: 3,
}

/** A workspace of `version` with one run and one finished trial in it, written without today's repositories. */
function oldWorkspace(version: number): string {
  const folder = temporaryFolder()
  const database = openDatabase(path.join(folder, DATABASE_FILE))
  migrate(database, folder, MIGRATIONS.slice(0, version))
  const now = '2026-01-02T03:04:05.000Z'
  const insert = (table: string, row: Record<string, unknown>): void => {
    const names = Object.keys(row)
    const places = names.map(() => '?').join()
    database.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${places})`).run(Object.values(row))
  }
  insert('runs', {
    ...{ id: 'r', number: 1, name: 'Old', definition: JSON.stringify(OLD_DEFINITION), user_blocks: '[]', seeds: '[]' },
    ...{ state: 'finished', created_at: now, seconds: 12.5, planned: 1 },
  })
  const { genotype, document, architectureHash, evaluationKey, origin, parameters, macs } = newTrial('old')
  insert('trials', {
    ...{ run_id: 'r', number: 1, generation: 0, state: 'finished', attempt: 2, fitness: 0.75, seconds: 12 },
    ...{ genotype: JSON.stringify(genotype), document: JSON.stringify(document), origin: JSON.stringify(origin) },
    ...{ architecture_hash: architectureHash, evaluation_key: evaluationKey, parameters, macs, started_at: now },
  })
  insert('trials', {
    ...{ run_id: 'r', number: 2, generation: 0, state: 'finished', attempt: 1, reused_from: 1, seconds: 0 },
    ...{ genotype: JSON.stringify(genotype), document: JSON.stringify(document), origin: JSON.stringify(origin) },
    ...{ architecture_hash: architectureHash, evaluation_key: evaluationKey, parameters, macs },
  })
  insert('epochs', { ...EPOCH, trial_id: 1 })
  insert('journal', { run_id: 'r', at: now, level: 'info', message: 'Begun.', trial_id: 1 })
  insert('exports', { trial_id: 1, format: 'tfjs', folder: '/somewhere', files: '[]', created_at: now })
  insert('exports', { trial_id: 1, format: 'tfjs', folder: '/removed', files: '[]', created_at: now })
  database.exec("DELETE FROM exports WHERE folder = '/removed'")
  database.close()
  return folder
}

describe('a workspace of before', () => {
  it.each(OLD_VERSIONS)('version %i keeps runs and trials', async (version) => {
    const store = openStore(oldWorkspace(version))
    const run = await getRun(store.db, 'r')
    expect(run).toMatchObject({ number: 1, state: 'finished', seconds: 12.5 })
    expect(run.definition.strategy).toEqual({ name: 'ga', crossoverRate: 0.8, mutationRate: 0.2 })
    expect(run.definition).toMatchObject({ seed: 3, data: { trainImages: 8000, resolution: null } })
    const [trial] = await listTrials(store.db, 'r')
    expect(trial).toMatchObject({ genotype: { name: 'old' }, attempt: 2, fitness: 0.75, seconds: 12 })
    // Nothing was measured of it: not 0.
    expect(trial).toMatchObject({ device: null, usage: null })
    const usage = {
      cores: 1.5,
      countedSeconds: 9,
      peakMemoryBytes: 5e9,
      cardUtilisation: null,
      cardReadings: 0,
      peakCardMemoryBytes: null,
    }
    await store.write((writer) => updateTrial(writer, trial!.id, { device: 'CPU', usage }))
    expect((await listTrials(store.db, 'r'))[0]).toMatchObject({ device: 'CPU', usage })
    // What was not measured again leaves it.
    await store.write((writer) => updateTrial(writer, trial!.id, { device: null, usage: null, seconds: 13 }))
    expect((await listTrials(store.db, 'r'))[0]).toMatchObject({ device: 'CPU', usage })
    await store.close()
  })

  it.each(OLD_VERSIONS)('version %i keeps what hangs on a trial', async (version) => {
    const store = openStore(oldWorkspace(version))
    const { db } = store
    const [first, second] = await listTrials(db, 'r')
    expect(second).toMatchObject({ number: 2, reusedFrom: first!.id })
    // Repeats are read off the rows, and why it ended was not stored.
    expect([first!.isRepeat, second!.isRepeat, (await getRun(db, 'r')).end]).toEqual([false, true, null])
    expect(await db.selectFrom('epochs').selectAll().execute()).toEqual([{ ...EPOCH, trial_id: first!.id, share: 1 }])
    expect(await db.selectFrom('journal').select(['message', 'trial_id']).execute()).toEqual([
      { message: 'Begun.', trial_id: first!.id },
    ])
    const made: NewExport = {
      trialId: first!.id,
      importId: null,
      format: 'architecture-json',
      folder: '/new',
      files: [],
      proof: null,
    }
    // A format of after, under an id that was never given before.
    expect(await store.write((writer) => insertExport(writer, made))).toMatchObject({ ...made, id: 3 })
    expect((await listExports(db, null)).exports.map(({ folder }) => folder)).toEqual(['/new', '/somewhere'])
    // References hold again: a run takes everything of its own with it.
    await store.write((writer) => deleteRun(writer, 'r'))
    for (const table of ['trials', 'epochs', 'journal', 'exports'] as const)
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
    await store.close()
  })
})
