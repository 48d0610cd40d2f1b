// An orchestrator over a real store with the toy space and an evaluator that a test scripts: everything of a run but training.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Run } from '@shared/search/run'
import type { Epoch } from '@shared/search/trial'
import type { Space } from '@shared/spaces/space'
import type { Evaluation, Evaluator } from '../evaluators/evaluator'
import { Orchestrator } from '../runs/orchestrator'
import type { PreparedRun } from '../runs/prepared-run'
import { createUpdates } from '../runs/updates'
import { createRunViews } from '../runs/watch'
import { createArtefacts } from '../storage/artefacts'
import { openStore } from '../storage/store'
import { strategyByName } from '@shared/strategies/registry'
import { createRandomReconstructor } from '@shared/strategies/random-reconstructor'
import { createToySpace, toyFitness } from '@shared/strategies/testing/toy-space'

export type Script = Evaluator['evaluate']

export interface HarnessOptions {
  readonly folder: string
  readonly evaluate?: Script
  readonly parallel?: number
  readonly space?: Space
  /** Replaces parts of what a run is prepared with. */
  readonly prepare?: () => Partial<PreparedRun>
}

export function epochOf(number: number, accuracy: number): Epoch {
  return {
    epoch: number,
    learningRate: 0.1,
    trainLoss: 1 / number,
    trainAccuracy: accuracy,
    validationLoss: 1 / number,
    validationAccuracy: accuracy,
    seconds: 0.01,
  }
}

/** Two epochs and a weights file; fitness is the toy landscape's. */
export function quickEvaluation(folder: string): Script {
  return async (trial, _document, hooks) => {
    await hooks.onStarted({ compute: 0, resumedFromEpoch: 0, stepsPerEpoch: 1, notice: null })
    const fitness = toyFitness(trial.genotype)
    for (const number of [1, 2]) {
      hooks.onStep({ epoch: number, step: 1, loss: 1 })
      await hooks.onEpoch(epochOf(number, fitness))
    }
    return finished(folder, trial.id, fitness)
  }
}

export function finished(folder: string, trialId: number, fitness: number): Evaluation {
  const file = path.join(folder, `weights-${trialId}.bin`)
  const content = `weights of ${trialId}`
  writeFileSync(file, content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { type: 'finished', fitness, bestEpoch: 2, weights: { file, sha256 } }
}

export function createHarness(options: HarnessOptions) {
  const { folder, parallel = 2 } = options
  const store = openStore(folder)
  const artefacts = createArtefacts(store)
  const updates = createUpdates()
  const reported: unknown[] = []
  const space: Space = options.space ?? createToySpace()
  const evaluator: Evaluator = {
    conditions: (candidate) => candidate,
    evaluate: options.evaluate ?? quickEvaluation(folder),
  }
  const orchestrator = new Orchestrator({
    store,
    artefacts,
    updates,
    report: (thrown) => reported.push(thrown),
    prepare: (run) =>
      Promise.resolve({
        space,
        facts: { shape: [32, 32, 3], classes: 10 },
        strategy: strategyByName(run.definition.strategy.name),
        seeds: [],
        reconstructor: createRandomReconstructor(space),
        parallel,
        describe: ({ genotype, origin }) => ({
          genotype,
          document: { of: genotype },
          architectureHash: space.canonicalKey(genotype),
          evaluationKey: `${run.definition.recipe.epochs}-${space.canonicalKey(genotype)}`,
          origin,
          parameters: 1,
          macs: 1,
        }),
        evaluator,
        ...options.prepare?.(),
      }),
  })
  const views = createRunViews(store, orchestrator, updates, () => parallel)
  /** The run's first state that is one of `states`. */
  const until = async (id: string, ...states: Run['state'][]): Promise<Run> => {
    const limit = Date.now() + 20_000
    while (Date.now() < limit) {
      const run = await views.run(id)
      if (states.includes(run.state) && (orchestrator.live(id) === undefined || run.state === 'running')) return run
      if (run.state === 'failed' && !states.includes('failed')) throw new Error(`the run failed: ${run.error?.message}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error(`the run did not become ${states.join(' or ')}; it is ${(await views.run(id)).state}`)
  }
  const close = async (): Promise<void> => {
    await orchestrator.close()
    await store.close()
  }
  return { store, artefacts, updates, orchestrator, views, until, close, reported }
}
