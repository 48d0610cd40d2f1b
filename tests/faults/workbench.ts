// The real thing but for its size: an engine on a workspace, one compute in a process of its own, one small network trained
// deterministically. What can be compared of a trial's outcome is here as well.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { forkedProcesses } from '../../src/engine/executors/forked-processes'
import { LocalComputes } from '../../src/engine/executors/local-computes'
import type { StartedProcess } from '../../src/engine/executors/process-starter'
import { chainDocument, cifarStem, classifierHead } from '../../src/shared/architecture/document'
import type { EngineContract } from '../../src/shared/contract'
import { environmentFor } from '../../src/shared/runtime/compute-environment'
import type { Recipe } from '../../src/shared/search/recipe'
import { runDefinitionSchema, type Run, type RunDefinition } from '../../src/shared/search/run'
import { RUN_STATE_RULES } from '../../src/shared/search/run-states'
import type { Epoch, Trial } from '../../src/shared/search/trial'
import type { Client } from '../../src/shared/transport/rpc'
import { CLASSES, DATASET, SHAPE } from './dataset'
import { openEngine } from './engine'

export const EPOCHS = 8
export const STEPS_PER_EPOCH = 20
const BATCH = 16
const VALIDATION_IMAGES = 80

/** One network of a quarter of a million parameters: a checkpoint takes a share of an epoch that a random moment can hit. */
export function definition(recipe: Partial<Recipe> = {}): RunDefinition {
  const block = { block: 'resnet-basic', parameters: { width: 64, stride: 2 } }
  const architecture = chainDocument({
    name: 'Disturbed',
    inputShape: SHAPE,
    classes: CLASSES,
    stem: cifarStem(32),
    blocks: [block, block],
    head: classifierHead(),
  })
  return runDefinitionSchema.parse({
    name: 'Disturbed',
    strategy: { name: 'random' },
    populationSize: 1,
    generations: 1,
    computes: 1,
    architecture,
    data: { dataset: DATASET, trainImages: BATCH * STEPS_PER_EPOCH, validationImages: VALIDATION_IMAGES },
    recipe: { epochs: EPOCHS, batchSize: BATCH, learningRate: 0.02, deterministic: true, cropPadding: 2, ...recipe },
  })
}

export interface Workbench {
  readonly client: Client<EngineContract>
  /** The process that trains now, or the last one that did. */
  compute(): StartedProcess | undefined
  close(): Promise<void>
}

export interface WorkbenchOptions {
  readonly workspace: string
  /** Holds `compute.js`. */
  readonly programs: string
  /** Called before each start of a compute: none is running then. */
  readonly beforeStart?: () => Promise<void>
  /** Called with each compute that has just started, before anything is asked of it. */
  readonly onStart?: (compute: StartedProcess) => void
}

export async function openWorkbench({
  workspace,
  programs,
  beforeStart,
  onStart,
}: WorkbenchOptions): Promise<Workbench> {
  const start = forkedProcesses(programs)
  let compute: StartedProcess | undefined
  const pool = new LocalComputes({
    slots: 1,
    start: async (kind, env) => {
      await beforeStart?.()
      compute = await start(kind, env)
      onStart?.(compute)
      return compute
    },
    // What the self-check settles on where everything works; the check itself is not what is tested here.
    environment: () =>
      Promise.resolve({
        env: environmentFor({ oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }, 1),
        notices: [],
      }),
  })
  const { client, close } = await openEngine(workspace, { startProcess: start, computes: pool })
  return { client, compute: () => compute, close }
}

export interface Outcome {
  readonly state: Run['state']
  readonly trial: Pick<Trial, 'state' | 'attempt' | 'fitness' | 'error'>
  /** Everything of the epochs that must not depend on the speed of the machine. */
  readonly curve: readonly Omit<Epoch, 'seconds'>[]
  /** Hashes of the weights that are kept. */
  readonly artefacts: readonly string[]
}

/** Waits for the run's end. */
export async function outcomeOf(
  { client }: Pick<Workbench, 'client'>,
  workspace: string,
  id: string,
): Promise<Outcome> {
  for await (const { run } of await client.searches.watch({ id })) {
    if (!RUN_STATE_RULES[run.state].isGoing) break
  }
  const run = await client.searches.get({ id })
  const { trials } = await client.trials.list({ id })
  const { state, attempt, fitness, error } = trials[0]!
  const curve = (await client.trials.epochs({ id: trials[0]!.id })).map(({ seconds: _, ...rest }) => rest)
  const artefacts = readdirSync(path.join(workspace, 'artefacts'), { recursive: true })
    .map((name) => path.basename(String(name)))
    .filter((name) => name.length === 64)
  return { state: run.state, trial: { state, attempt, fitness, error }, curve, artefacts: artefacts.sort() }
}
