// The searches that are killed, each in a process of its own that goes on where the last one stood and ends by itself when its search
// has ended: one of a toy evaluator that takes as long as it is told, of a table, and of real trainings with real computes.
import { join } from 'node:path'
import { createArtefacts } from '../../src/engine/storage/artefacts'
import { openStore, type Store } from '../../src/engine/storage/store'
import { listRuns } from '../../src/engine/storage/runs'
import { listTrials, type TrialRecord } from '../../src/engine/storage/trials'
import { runDefinitionSchema, type RunDefinition } from '../../src/shared/search/run'
import { RUN_STATE_RULES } from '../../src/shared/search/run-states'
import { DATASET, writeDataset } from '../../tests/faults/dataset'
import { openEngine, type OpenEngine } from '../../tests/faults/engine'
import { searchToEnd } from '../../tests/faults/search-child'
import { openWorkbench } from '../../tests/faults/workbench'
import { checkout } from '../harness'

export const KINDS = ['toy', 'table', 'training'] as const
export type Kind = (typeof KINDS)[number]

/** What a child tells: a trial that it begins, and the process that trains. */
export interface News {
  readonly trial?: number
  readonly compute?: number
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
  }[]
  readonly lostWeights: number
  /** Of the toy alone, which trains the same at any speed. */
  readonly epochs: unknown
}

const WORDS = ['thin', 'wide', 'deep', 'flat', 'long']
const POSITIONS = 6

/** 15,625 words with a fitness that has many hills: repeats are rare and every strategy goes on to its last generation. */
function tableSearch(strategy: string): RunDefinition {
  const rows = Array.from({ length: WORDS.length ** POSITIONS }, (_, index) => {
    const key = index.toString(WORDS.length).padStart(POSITIONS, '0')
    const digits = [...key].map(Number)
    return `${key},${digits.reduce((sum, digit, at) => sum + Math.sin(digit * (at + 1)) + digit * digits[0]!, 0)}`
  })
  const positions = Array.from({ length: POSITIONS }, (_, at) => ({ name: `p${at}`, choices: WORDS }))
  const table = { file: 'table.csv', key: 'arch', fitness: 'score', costs: [] }
  return runDefinitionSchema.parse({
    name: 'Table',
    seed: 5,
    strategy: { name: strategy },
    populationSize: 10,
    generations: 20,
    evaluator: { kind: 'table' },
    space: {
      kind: 'user',
      file: { format: 'gptnas-space/1', name: 'words', positions, table },
      table: ['arch,score', ...rows].join('\n'),
    },
  })
}

const trainingSearch = (): RunDefinition =>
  runDefinitionSchema.parse({
    name: 'Training',
    seed: 5,
    strategy: { name: 'ga' },
    populationSize: 3,
    generations: 2,
    computes: 1,
    space: { kind: 'block-chain', minBlocks: 2, maxBlocks: 3, maxMacs: 3_000_000 },
    data: { dataset: DATASET, trainImages: 160, validationImages: 80 },
    recipe: { epochs: 3, batchSize: 16, learningRate: 0.02, deterministic: true },
  })

async function follow(
  { client, close }: Pick<OpenEngine, 'client' | 'close'>,
  definition: RunDefinition,
  news: () => News,
  tell: (news: News) => void,
) {
  const [there] = await client.searches.list()
  const id = there?.id ?? (await client.searches.create({ definition })).id
  if (there !== undefined && there.state !== 'finished') await client.searches.resume({ id })
  for await (const { run, activities } of await client.searches.watch({ id })) {
    tell(news())
    for (const { trialNumber } of activities) tell({ trial: trialNumber })
    if (!RUN_STATE_RULES[run.state].isGoing) break
  }
  await close()
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
  if (kind === 'table') {
    const engine = await openEngine(folder, {})
    return follow(engine, tableSearch(strategy), () => ({}), tell)
  }
  const workbench = await openWorkbench({
    workspace: folder,
    programs: join(checkout, 'out', 'main'),
    onStart: ({ pid }) => tell({ compute: pid }),
  })
  return follow(workbench, trainingSearch(), () => ({}), tell)
}

/** Before the first child. */
export function prepare(kind: Kind, folder: string): void {
  if (kind === 'training') writeDataset(folder)
}

async function countLost(store: Store, trials: readonly TrialRecord[]): Promise<number> {
  const artefacts = createArtefacts(store)
  let lost = 0
  for (const { state, weightsSha256 } of trials)
    if (state === 'finished' && (weightsSha256 === null || !(await artefacts.isWhole(weightsSha256)))) lost++
  return lost
}

/** Read by a process that holds the workspace for a moment, as the next engine will. */
export async function trialListOf(kind: Kind, folder: string): Promise<TrialList> {
  const store = openStore(folder)
  try {
    const [run] = await listRuns(store.db)
    const epochs = await store.db.selectFrom('epochs').select(['trial_id', 'epoch', 'train_loss']).execute()
    const trials = run === undefined ? [] : await listTrials(store.db, run.id)
    return {
      state: run?.state ?? 'none',
      epochs: kind === 'toy' ? epochs.sort((a, b) => a.trial_id - b.trial_id || a.epoch - b.epoch) : [],
      lostWeights: kind === 'table' ? 0 : await countLost(store, trials),
      trials: trials.map(({ number, genotype, state, fitness, weightsSha256 }) => ({
        number,
        genotype,
        state,
        fitness,
        weightsSha256,
      })),
    }
  } finally {
    await store.close()
  }
}
