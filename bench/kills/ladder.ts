// A search of the toy space in rungs whose best are confirmed with other seeds (decisions 161 and 136). Its stand-in for a compute writes
// a checkpoint before it tells an epoch and tells those of a checkpoint again, as a real one does, so a kill may come between the two.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Evaluation } from '../../src/engine/evaluators/evaluator'
import { createHarness, epochOf, type Script } from '../../src/engine/testing/harness'
import { newRun } from '../../src/engine/testing/run-fixtures'
import { verifyRun } from '../../src/engine/runs/verify'
import { getRun } from '../../src/engine/storage/runs'
import { listTrials } from '../../src/engine/storage/trials'
import { createRandom } from '../../src/shared/random'
import { climbs, halvingOf, targetOf } from '../../src/shared/search/rungs'
import type { RunDefinitionInput } from '../../src/shared/search/run'
import type { Space } from '../../src/shared/spaces/space'
import { strategyByName } from '../../src/shared/strategies/registry'
import { createToySpace, toyFitness } from '../../src/shared/strategies/testing/toy-space'
import type { News } from './searches'

const RUN = 'r'
const EPOCHS = 9
/** Long enough that kills come at every moment of an epoch. */
const EPOCH_MS = 3

const settings = (strategy: string): Partial<RunDefinitionInput> => ({
  populationSize: 9,
  generations: 3,
  strategy: { name: strategy } as RunDefinitionInput['strategy'],
  seed: 5,
  recipe: { epochs: EPOCHS },
  fidelity: { firstRung: 1 },
  confirmBest: 2,
  confirmSeeds: 2,
})

const stepsFile = (folder: string, trialId: number): string => join(folder, `checkpoint-${trialId}`, 'epochs')

function training(folder: string, tell: (news: News) => void): Script {
  return async (trial, _document, hooks, signal): Promise<Evaluation> => {
    const { definition } = newRun(RUN, settings('ga'))
    const halving = climbs(trial) ? halvingOf(definition) : null
    const target = halving === null ? EPOCHS : targetOf(halving, trial)
    const random = createRandom(trial.origin.confirms?.seed ?? 0).fork(trial.architectureHash)
    const noise = 0.1 * (random.next() - 0.5)
    const epoch = (number: number) => epochOf(number, (toyFitness(trial.genotype) + noise) * (1 - 0.5 ** number))
    const checkpoint = stepsFile(folder, trial.id)
    const before = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0
    tell({ trial: trial.number })
    await hooks.onStarted({ compute: 0, resumedFromEpoch: before, stepsPerEpoch: 1, notice: null })
    for (let number = 1; number <= before; number++) await hooks.onEpoch(epoch(number))
    for (let number = before + 1; number <= target; number++) {
      await new Promise((resolve) => setTimeout(resolve, EPOCH_MS))
      tell({ epoch: [trial.number, number] })
      mkdirSync(join(folder, `checkpoint-${trial.id}`), { recursive: true })
      writeFileSync(`${checkpoint}.part`, String(number))
      renameSync(`${checkpoint}.part`, checkpoint)
      await hooks.onEpoch(epoch(number))
      if (signal.aborted || (hooks.shouldHold() && number < target)) return { type: 'held' }
    }
    const content = `${trial.id} after ${target}`
    const file = join(folder, `best-${trial.id}.weights`)
    writeFileSync(file, content)
    const weights = { file, sha256: createHash('sha256').update(content).digest('hex') }
    const result = { fitness: epoch(target).validationAccuracy, bestEpoch: target, weights }
    return target < EPOCHS ? { type: 'reached', epochs: target, ...result } : { type: 'finished', ...result }
  }
}

/** Of a child: goes on with it to its end, one trial at a time, and tells whether a replay comes to the same. */
export async function climbToEnd(folder: string, strategy: string, tell: (news: News) => void): Promise<void> {
  const space: Space = createToySpace()
  const harness = createHarness({
    folder,
    parallel: 1,
    evaluate: training(folder, tell),
    prepare: () => ({
      describe: ({ genotype, origin }) => ({
        genotype,
        document: { of: genotype },
        architectureHash: space.canonicalKey(genotype),
        evaluationKey: `${space.canonicalKey(genotype)}-${origin.confirms?.seed ?? 0}`,
        origin,
        parameters: 1,
        macs: 1,
      }),
    }),
  })
  const [there] = await harness.views.list()
  if (there === undefined) await harness.orchestrator.create(newRun(RUN, settings(strategy)))
  await harness.orchestrator.recover()
  if ((await harness.views.run(RUN)).state !== 'finished') {
    await harness.orchestrator.resume(RUN)
    // However long a busy machine takes: whoever watches says what hangs.
    while ((await harness.views.run(RUN)).state !== 'finished') await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const run = await getRun(harness.store.db, RUN)
  const proposing = { space, strategy: strategyByName(run.definition.strategy.name), seeds: [] }
  const trials = await listTrials(harness.store.db, RUN)
  const { matches } = await verifyRun({ run, trials, proposing, signal: new AbortController().signal })
  tell({ verified: matches })
  await harness.close()
}
