// npm run bench:damage: files of a workspace are damaged as disks, copies and people damage them. What is opened afterwards is as
// before, or the damage is told: by an error, by the doctor's checks, or by contents that are not whole; a training that was broken
// off goes on to the end of an undamaged one, or tells (damage/trainings.ts). Damage that SQLite cannot see, because its pages and the file of its log carry no proof of their content, is counted apart and not held to that.
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { damagedCells } from '../src/engine/storage/damaged-cells'
import { databaseFindings } from '../src/engine/storage/database-findings'
import { strayContents } from '../src/engine/storage/artefact-report'
import { DATABASE_FILE, openStore } from '../src/engine/storage/store'
import { AppError } from '../src/shared/errors'
import { createRandom, type Random } from '../src/shared/random'
import { resultsOf, searchToEnd } from '../tests/faults/search-child'
import { damageTrainings, type End } from './damage/trainings'
import { equal, runBench } from './harness'

const DAMAGES = { full: 40, quick: 13 }
/** Of what a training goes on from: each costs a training. */
const TRAININGS = { full: 16, quick: 4 }
const PAGE = 4096

type Change = (place: string, random: Random) => void
interface Damage {
  readonly name: string
  /** Whether SQLite or a hash can see it. */
  readonly isVisible: boolean
  readonly apply: Change
}

const database = (place: string): string => join(place, DATABASE_FILE)
const log = (place: string): string => `${database(place)}-wal`

function contents(place: string): string[] {
  const root = join(place, 'artefacts')
  return readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => /[0-9a-f]{64}$/.test(name))
    .sort()
    .map((name) => join(root, name))
}
const one = (files: readonly string[], random: Random): string => files[random.integer(files.length)]!

function change(file: string, edit: (bytes: Buffer) => Buffer | void): void {
  const bytes = readFileSync(file)
  writeFileSync(file, edit(bytes) ?? bytes)
}
const truncate = (file: string, random: Random): void =>
  change(file, (bytes) => bytes.subarray(0, random.integer(Math.max(1, bytes.length - 1))))
const flip = (file: string, random: Random): void =>
  change(file, (bytes) => {
    if (bytes.length > 0) bytes[random.integer(bytes.length)]! ^= 1 + random.integer(255)
  })
const zeroPage = (file: string, random: Random): void =>
  change(file, (bytes) => {
    const at = PAGE * random.integer(Math.ceil(bytes.length / PAGE))
    bytes.fill(0, at, Math.min(at + PAGE, bytes.length))
  })

const KINDS: readonly Damage[] = [
  { name: 'database truncated', isVisible: true, apply: (place, random) => truncate(database(place), random) },
  {
    name: 'a page of the database zeroed',
    isVisible: true,
    apply: (place, random) => zeroPage(database(place), random),
  },
  { name: 'database removed', isVisible: true, apply: (place) => rmSync(database(place)) },
  { name: 'an older database', isVisible: true, apply: (place) => copyFileSync(join(place, 'older'), database(place)) },
  {
    name: 'a content truncated',
    isVisible: true,
    apply: (place, random) => truncate(one(contents(place), random), random),
  },
  { name: 'a content flipped', isVisible: true, apply: (place, random) => flip(one(contents(place), random), random) },
  { name: 'a content removed', isVisible: true, apply: (place, random) => rmSync(one(contents(place), random)) },
  {
    name: 'two contents swapped',
    isVisible: true,
    apply: (place) => {
      const [first = '', second = ''] = contents(place)
      const bytes = readFileSync(first)
      copyFileSync(second, first)
      writeFileSync(second, bytes)
    },
  },
  {
    name: 'a content of zeros',
    isVisible: true,
    apply: (place, random) => change(one(contents(place), random), (bytes) => void bytes.fill(0)),
  },
  { name: 'stamp removed', isVisible: true, apply: (place) => rmSync(join(place, 'workspace-stamp.json')) },
  { name: 'a byte of the database flipped', isVisible: false, apply: (place, random) => flip(database(place), random) },
  {
    name: 'a log of noise',
    isVisible: true,
    apply: (place, random) =>
      writeFileSync(log(place), Buffer.from(Array.from({ length: 9000 }, () => random.integer(256)))),
  },
  { name: 'a log cut short', isVisible: false, apply: (place, random) => truncate(log(place), random) },
]

async function endOf(place: string, before: unknown): Promise<{ readonly end: End; readonly what: string }> {
  try {
    const store = openStore(place)
    const told: string[] = []
    try {
      told.push(...(await databaseFindings(store)), ...(store.behind === null ? [] : ['behind']))
      if (told.length === 0) told.push(...(await damagedCells(store.db)))
      if ((await strayContents(store)) > 0) told.push('contents without runs')
    } finally {
      await store.close()
    }
    if (told.length > 0) return { end: 'told', what: told.join('; ') }
    const results = await resultsOf(place)
    if (isDeepStrictEqual(results, before)) return { end: 'as before', what: '' }
    return results.lostWeights > 0
      ? { end: 'told', what: `${results.lostWeights} weights are not whole` }
      : { end: 'silently wrong', what: '' }
  } catch (thrown) {
    if (thrown instanceof AppError) return { end: 'told', what: thrown.message }
    return { end: 'fault', what: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }
  }
}

void runBench('Damage', async ({ quick, note }) => {
  const folder = mkdtempSync(join(tmpdir(), 'gptnas-damage-'))
  const wanted = quick ? DAMAGES.quick : DAMAGES.full
  try {
    const whole = join(folder, 'whole')
    mkdirSync(whole)
    openStore(whole)
      .close()
      .catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 200))
    copyFileSync(database(whole), join(whole, 'older'))
    await searchToEnd(whole, () => undefined)
    const before = await resultsOf(whole)
    // As a killed engine leaves it: copied while it is open, with its log.
    const store = openStore(whole)
    const killed = join(folder, 'killed')
    cpSync(whole, killed, { recursive: true })
    await store.close()
    const ends: {
      readonly damage: string
      readonly isVisible: boolean
      readonly seed: number
      readonly end: End
      readonly what: string
    }[] = []
    for (let seed = 0; seed < wanted; seed++) {
      const { name, isVisible, apply } = KINDS[seed % KINDS.length]!
      const place = join(folder, 'place')
      rmSync(place, { recursive: true, force: true })
      cpSync(name.includes('log') ? killed : whole, place, { recursive: true })
      if (name === 'a log cut short' && statSync(log(place)).size === 0) note('the log is empty: nothing to cut')
      apply(place, createRandom(seed).fork('damage'))
      const { end, what } = await endOf(place, before)
      ends.push({ damage: name, isVisible, seed, end, what })
      note(`${seed + 1} of ${wanted}: ${name}: ${end}${what === '' ? '' : `: ${what.slice(0, 120)}`}`)
    }
    const trainings = quick ? TRAININGS.quick : TRAININGS.full
    ends.push(...(await damageTrainings(folder, trainings, note)))
    const count = (end: End, isVisible?: boolean): number =>
      ends.filter((each) => each.end === end && (isVisible === undefined || each.isVisible === isVisible)).length
    return {
      results: {
        asBefore: count('as before'),
        told: count('told'),
        silentAndInvisibleToSqlite: count('silently wrong', false),
        ends: ends.filter(({ end }) => end === 'fault' || end === 'silently wrong'),
      },
      checks: [
        equal('damages', ends.length, wanted + trainings),
        equal('neither as before nor told, of what can be seen', count('silently wrong', true), 0),
        equal('faults of the program', count('fault'), 0),
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
