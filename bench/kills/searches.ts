// The searches that are killed, each in a process of its own that goes on where the last one stood and ends by itself when its search
// has ended: of a toy evaluator that takes as long as it is told, in rungs or not, of a table, steered from elsewhere or not, and of real
// trainings with real computes, that save on what does not promise much or not.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { threadTuner } from '../../src/engine/fine-tuning/tuner'
import { createArtefacts } from '../../src/engine/storage/artefacts'
import { openStore, type Store } from '../../src/engine/storage/store'
import { readEpochs } from '../../src/engine/storage/epochs'
import { listRuns } from '../../src/engine/storage/runs'
import { listTrials, type TrialRecord } from '../../src/engine/storage/trials'
import { runDefinitionSchema, type RunDefinition, type RunDefinitionInput } from '../../src/shared/search/run'
import { RUN_STATE_RULES } from '../../src/shared/search/run-states'
import type { Origin } from '../../src/shared/search/trial'
import type { TrialFidelity } from '../../src/shared/search/trial-fidelity'
import { DATASET, writeDataset } from '../../tests/faults/dataset'
import { openEngine, type OpenEngine } from '../../tests/faults/engine'
import { searchToEnd } from '../../tests/faults/search-child'
import { openWorkbench } from '../../tests/faults/workbench'
import { checkout } from '../harness'
import { climbToEnd } from './ladder'

/**
 * `ladder`: rungs and confirmations of the toy. `steered`: the table, while another process puts architectures in. `saving`: trainings in
 * rungs, with early ends, inherited weights and a confirmation. `tuned`: a proposer that is fine-tuned on a search of a table of cells.
 */
export const KINDS = ['toy', 'ladder', 'table', 'steered', 'tuned', 'training', 'saving'] as const
export type Kind = (typeof KINDS)[number]

/** What a child tells: a trial that it begins, and the process that trains. */
export interface News {
  readonly trial?: number
  readonly compute?: number
  /** An epoch that is about to be trained: trial and number. */
  readonly epoch?: readonly [number, number]
  /** At its end: whether a replay comes to what is stored. */
  readonly verified?: boolean
  /** Of the run, once it is made. */
  readonly run?: string
}

/** What may not depend on how often a search was killed. */
export interface TrialList {
  readonly state: string
  readonly trials: readonly {
    readonly number: number
    readonly genotype: unknown
    readonly state: string
    readonly fitness: number | null
    readonly weightsSha256: string | null
    readonly origin: Origin
    /** Rungs and who was promoted when, early ends, what was inherited. */
    readonly fidelity: TrialFidelity
  }[]
  readonly lostWeights: number
  /** "TRIAL/EPOCH", with what was measured where that comes out the same at any speed. */
  readonly epochs: readonly string[]
  /** Folders of checkpoints that nobody goes on from. */
  readonly leftCheckpoints: number
  /** "NAME HASH" of the weights of each that was fine-tuned, and what else lies there. */
  readonly proposers: readonly string[]
}

export const WORDS = ['thin', 'wide', 'deep', 'flat', 'long']
export const POSITIONS = 6

/** Cells that the GPT reads: edges and operations of NAS-Bench-201. */
const EDGES = ['e0_1', 'e0_2', 'e1_2', 'e0_3', 'e1_3', 'e2_3']
const OPERATIONS = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3']
/** Long enough that kills come while it trains; every step is a tenth of a second or so. */
const STEPS = 6

/** 15,625 words with a fitness that has many hills: repeats are rare and every strategy goes on to its last generation. */
function tableSearch(strategy: string, isOfCells = false): RunDefinition {
  const rows = Array.from({ length: WORDS.length ** POSITIONS }, (_, index) => {
    const key = index.toString(WORDS.length).padStart(POSITIONS, '0')
    const digits = [...key].map(Number)
    return `${key},${digits.reduce((sum, digit, at) => sum + Math.sin(digit * (at + 1)) + digit * digits[0]!, 0)}`
  })
  const positions = Array.from({ length: POSITIONS }, (_, at) =>
    isOfCells ? { name: EDGES[at]!, choices: OPERATIONS } : { name: `p${at}`, choices: WORDS },
  )
  const table = { file: 'table.csv', key: 'arch', fitness: 'score', costs: [] }
  return runDefinitionSchema.parse({
    name: 'Table',
    seed: 5,
    strategy: { name: strategy },
    populationSize: 10,
    generations: isOfCells ? 4 : 20,
    evaluator: { kind: 'table' },
    space: {
      kind: 'user',
      file: { format: 'gptnas-space/1', name: 'words', positions, table },
      table: ['arch,score', ...rows].join('\n'),
    },
  })
}

const RECIPE = { epochs: 3, batchSize: 16, learningRate: 0.02, deterministic: true } as const

const trainingSearch = (change: Partial<RunDefinitionInput> = {}): RunDefinition =>
  runDefinitionSchema.parse({
    name: 'Training',
    seed: 5,
    strategy: { name: 'ga' },
    populationSize: 3,
    generations: 2,
    computes: 1,
    space: { kind: 'block-chain', minBlocks: 2, maxBlocks: 3, maxMacs: 3_000_000 },
    data: { dataset: DATASET, trainImages: 160, validationImages: 80 },
    recipe: RECIPE,
    ...change,
  })

/** Everything that a training may save, and what must be trained whole after it. The second generation has curves to be held against. */
const savingSearch = (): RunDefinition =>
  trainingSearch({
    name: 'Saving',
    populationSize: 6,
    recipe: { ...RECIPE, epochs: 4 },
    fidelity: { firstRung: 1, reduction: 2, endEarly: 'median', inheritWeights: true },
    ...{ confirmBest: 1, confirmSeeds: 1 },
  })

async function follow(
  { client, close }: Pick<OpenEngine, 'client' | 'close'>,
  definition: RunDefinition,
  tell: (news: News) => void,
  after: () => Promise<void> = () => Promise.resolve(),
) {
  const [there] = await client.searches.list()
  const id = there?.id ?? (await client.searches.create({ definition })).id
  tell({ run: id })
  if (there !== undefined && there.state !== 'finished') await client.searches.resume({ id })
  for await (const { run, activities } of await client.searches.watch({ id })) {
    tell({})
    for (const { trialNumber } of activities) tell({ trial: trialNumber })
    if (!RUN_STATE_RULES[run.state].isGoing) break
  }
  tell({ verified: (await client.searches.verify({ id })).matches })
  await after()
  await close()
}

/** Unless there is one. */
async function fineTuneOnce({ client }: Pick<OpenEngine, 'client'>, tell: (news: News) => void): Promise<void> {
  if ((await client.proposer.checkpoints()).some(({ name }) => name === 'mine')) return
  for await (const _ of await client.proposer.fineTune({ name: 'mine', steps: STEPS })) tell({})
}

/** Of a child: goes on with the search of a folder to its end. */
export async function searchIn(
  kind: Kind,
  folder: string,
  strategy: string,
  tell: (news: News) => void,
): Promise<void> {
  tell({})
  if (kind === 'toy') return searchToEnd(folder, (trial) => tell({ trial }))
  if (kind === 'ladder') return climbToEnd(folder, strategy, tell)
  if (kind === 'table' || kind === 'steered') return follow(await openEngine(folder, {}), tableSearch(strategy), tell)
  if (kind === 'tuned') {
    const tuner = threadTuner(join(checkout, 'out', 'main', 'fine-tuning.js'))
    const engine = await openEngine(folder, { tuner, resourcesFolder: join(checkout, 'resources') })
    return follow(engine, tableSearch(strategy, true), tell, () => fineTuneOnce(engine, tell))
  }
  const workbench = await openWorkbench({
    workspace: folder,
    programs: join(checkout, 'out', 'main'),
    onStart: ({ pid }) => tell({ compute: pid }),
  })
  return follow(workbench, kind === 'saving' ? savingSearch() : trainingSearch(), tell)
}

const TRAINS: readonly Kind[] = ['training', 'saving']
/** Their evaluators keep no weights. */
const WEIGHTLESS: readonly Kind[] = ['table', 'steered', 'tuned']

/** Before the first child. */
export function prepare(kind: Kind, folder: string): void {
  if (TRAINS.includes(kind)) writeDataset(folder)
}

async function countLost(store: Store, trials: readonly TrialRecord[]): Promise<number> {
  const artefacts = createArtefacts(store)
  let lost = 0
  for (const { state, weightsSha256 } of trials)
    if (state === 'finished' && (weightsSha256 === null || !(await artefacts.isWhole(weightsSha256)))) lost++
  return lost
}

function proposersIn(workspace: string): string[] {
  const root = join(workspace, 'proposers')
  return (existsSync(root) ? readdirSync(root) : []).sort().map((name) => {
    const model = join(root, name, 'model.json')
    const hash = existsSync(model)
      ? (JSON.parse(readFileSync(model, 'utf8')) as { weights: { sha256: string } }).weights.sha256
      : 'not whole'
    return `${name} ${hash}`
  })
}

/** Read by a process that holds the workspace for a moment, as the next engine will. */
export async function trialListOf(kind: Kind, folder: string): Promise<TrialList> {
  const store = openStore(folder)
  try {
    const [run] = await listRuns(store.db)
    const trials = run === undefined ? [] : await listTrials(store.db, run.id)
    const curves = await readEpochs(
      store.db,
      trials.map(({ id }) => id),
    )
    return {
      state: run?.state ?? 'none',
      epochs: trials.flatMap(({ id, number }) =>
        (curves.get(id) ?? []).map(({ epoch, trainLoss }) => `${number}/${epoch} ${trainLoss}`),
      ),
      lostWeights: WEIGHTLESS.includes(kind) ? 0 : await countLost(store, trials),
      proposers: proposersIn(store.folders.root),
      leftCheckpoints:
        run?.state === 'finished' && TRAINS.includes(kind) ? readdirSync(store.folders.checkpoints).length : 0,
      trials: trials.map(({ number, genotype, state, fitness, weightsSha256, origin, fidelity }) => ({
        ...{ number, genotype, state, fitness, weightsSha256, origin, fidelity },
      })),
    }
  } finally {
    await store.close()
  }
}
