// A training that was broken off, with what it goes on from: its checkpoint, the bytes of its data set, the smaller images made of
// them. Each is damaged, and the run resumed with a real compute: it comes to the end of an undamaged one, or the damage is told.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../../src/shared/errors'
import { createRandom, type Random } from '../../src/shared/random'
import { runDefinitionSchema } from '../../src/shared/search/run'
import { RUN_STATE_RULES } from '../../src/shared/search/run-states'
import { DATASET, writeDataset } from '../../tests/faults/dataset'
import { definition, openWorkbench, outcomeOf, type Outcome } from '../../tests/faults/workbench'
import { checkout } from '../harness'

export type End = 'as before' | 'told' | 'silently wrong' | 'fault'

type Edit = (bytes: Buffer, random: Random) => Buffer

const EDITS: Readonly<Record<string, Edit>> = {
  flipped: (bytes, random) => {
    bytes[random.integer(bytes.length)]! ^= 1 + random.integer(255)
    return bytes
  },
  'cut short': (bytes, random) => bytes.subarray(0, random.integer(bytes.length)),
  'of zeros': (bytes) => bytes.fill(0),
  'of a byte more': (bytes) => Buffer.concat([bytes, Buffer.from([1])]),
}

interface Target {
  readonly name: string
  /** Of the run it belongs to; null for images as they are. */
  readonly resolution: number | null
  readonly files: (place: string) => readonly string[]
}

const below = (place: string, ...names: string[]): readonly string[] => {
  const folder = join(place, ...names)
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
const named = (name: string) => (place: string) =>
  below(place, 'datasets', DATASET).filter((file) => file.endsWith(name) && !file.includes('resolutions'))

const TARGETS: readonly Target[] = [
  { name: 'checkpoint', resolution: null, files: (place) => below(place, 'checkpoints') },
  { name: 'images', resolution: null, files: named(join('train', 'images.u8')) },
  { name: 'labels', resolution: null, files: named(join('train', 'labels.u8')) },
  {
    name: 'smaller images',
    resolution: 8,
    files: (place) => below(place, 'datasets', DATASET, 'resolutions').filter((file) => file.includes('train')),
  },
]

const open = (place: string) => openWorkbench({ workspace: place, programs: join(checkout, 'out', 'main') })

/** Trains to the middle and pauses there. @returns the run's id */
async function breakOff(place: string, resolution: number | null): Promise<string> {
  mkdirSync(place)
  writeDataset(place)
  const workbench = await open(place)
  const whole = definition()
  const { id } = await workbench.client.searches.create({
    definition:
      resolution === null
        ? whole
        : // The one architecture takes the images as they are.
          runDefinitionSchema.parse({
            ...whole,
            space: { kind: 'block-chain', minBlocks: 2, maxBlocks: 2, maxMacs: 1_000_000 },
            data: { ...whole.data, resolution },
          }),
  })
  let isAsked = false
  for await (const { run, activities } of await workbench.client.searches.watch({ id })) {
    if (!RUN_STATE_RULES[run.state].isGoing) break
    if (isAsked || (activities[0]?.epoch ?? 0) < 3) continue
    isAsked = true
    await workbench.client.searches.pause({ id })
  }
  const { state, error } = await workbench.client.searches.get({ id })
  await workbench.close()
  if (state !== 'paused') throw new Error(`the training to be broken off was ${state}: ${error?.message ?? ''}`)
  return id
}

async function resumed(place: string, id: string): Promise<Outcome & { readonly reason: string | null }> {
  const workbench = await open(place)
  try {
    await workbench.client.searches.resume({ id })
    const outcome = await outcomeOf(workbench, place, id)
    const { error } = await workbench.client.searches.get({ id })
    return { ...outcome, reason: error?.message ?? outcome.trial.error?.message ?? null }
  } finally {
    await workbench.close()
  }
}

const bare = ({ curve, trial, state, artefacts }: Outcome) => ({ curve, state, artefacts, fitness: trial.fitness })

async function endOf(
  place: string,
  id: string,
  undamaged: Outcome,
): Promise<{ readonly end: End; readonly what: string }> {
  try {
    const outcome = await resumed(place, id)
    if (isDeepStrictEqual(bare(outcome), bare(undamaged))) return { end: 'as before', what: '' }
    if (outcome.state !== 'finished' && outcome.reason !== null) return { end: 'told', what: outcome.reason }
    return { end: 'silently wrong', what: JSON.stringify(outcome.trial) }
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.name !== 'TypeError')
      return { end: thrown instanceof AppError || 'data' in thrown ? 'told' : 'fault', what: thrown.message }
    return { end: 'fault', what: String(thrown) }
  }
}

export interface Damaged {
  readonly damage: string
  readonly isVisible: true
  readonly seed: number
  readonly end: End
  readonly what: string
}

/** The images of another size are made by a program that is looked for beside the running one. */
function linkDecoder(): void {
  const beside = join(dirname(process.argv[1] ?? ''), 'image-decoder.js')
  if (!existsSync(beside)) symlinkSync(join(checkout, 'out', 'main', 'image-decoder.js'), beside)
}

/** @param wanted damages, each target and each edit in turn */
export async function damageTrainings(
  folder: string,
  wanted: number,
  note: (line: string) => void,
): Promise<Damaged[]> {
  linkDecoder()
  const bases = new Map<number | null, { place: string; id: string; undamaged: Outcome }>()
  const scratch = join(folder, 'training')
  const base = async (resolution: number | null) => {
    const known = bases.get(resolution)
    if (known) return known
    const place = join(folder, `broken-off-${resolution ?? 'whole'}`)
    const id = await breakOff(place, resolution)
    rmSync(scratch, { recursive: true, force: true })
    cpSync(place, scratch, { recursive: true, preserveTimestamps: true })
    const made = { place, id, undamaged: await resumed(scratch, id) }
    if (made.undamaged.state !== 'finished') throw new Error('the undamaged training did not finish')
    bases.set(resolution, made)
    return made
  }
  const ends: Damaged[] = []
  const edits = Object.keys(EDITS)
  for (let seed = 0; seed < wanted; seed++) {
    const target = TARGETS[seed % TARGETS.length]!
    const edit = edits[Math.floor(seed / TARGETS.length) % edits.length]!
    const { place, id, undamaged } = await base(target.resolution)
    rmSync(scratch, { recursive: true, force: true })
    cpSync(place, scratch, { recursive: true, preserveTimestamps: true })
    const random = createRandom(seed).fork('trainings')
    const files = target.files(scratch)
    const file = files[random.integer(files.length)]!
    writeFileSync(file, EDITS[edit]!(readFileSync(file), random))
    const { end, what } = await endOf(scratch, id, undamaged)
    const damage = `${target.name} ${edit}`
    ends.push({ damage, isVisible: true, seed, end, what })
    note(`${seed + 1} of ${wanted} in trainings: ${damage}: ${end}${what === '' ? '' : `: ${what.slice(0, 160)}`}`)
  }
  return ends
}
