// Evaluator `training` for the registry: the run's images, made and split before its first trial, and what is known of them
// before that.
import type { RunDefinition } from '@shared/search/run'
import { refuseCancelled } from '@node/cancel'
import type { ComputePool } from '../../executors/pool'
import type { EngineEvaluator } from '../kind'
import { onUnchangedData } from '../unchanged-data'
import { calibrateTraining } from './calibrate'
import { checkData, settleData } from './check'
import { imagesOfRun, journalImages, refuseOtherData } from './images'
import { finalTest, startingWeights } from './final'
import { legsOfRun } from './legs'
import { othersOfRun } from './others'
import { storeSplit } from './split'
import { createTrainingEvaluator } from './training'

/** As many as the run asks for, no more than there are computes. */
function parallel(definition: RunDefinition, pool: ComputePool): number {
  return Math.min(definition.computes ?? pool.size, pool.size)
}

export const trainingKind: EngineEvaluator = {
  images: ({ data }, datasets) => {
    const { shape, classes } = datasets.describe(data.dataset, data.resolution)
    return { shape, classes }
  },
  check: checkData,
  settle: settleData,
  calibrate: calibrateTraining,
  parallel,
  prepare: async ({ store, artefacts, datasets, pool, cardOf, threadsAlone }, { run, signal, tell }) => {
    const { definition } = run
    const begun = performance.now()
    let isMade = false
    const ready = await imagesOfRun(datasets, definition.data, signal, (step) => {
      isMade = true
      tell(step)
    })
    refuseOtherData(run, ready)
    if (isMade) await journalImages(store, run, ready, (performance.now() - begun) / 1000)
    const { manifest, fingerprint } = ready
    const indices = await storeSplit(run, ready, artefacts, store)
    const initial = await startingWeights(run, artefacts, store)
    const { legs, sets } = await legsOfRun({ datasets, artefacts, store }, run, ready, signal, tell)
    const test = definition.final === null ? null : await finalTest(ready, artefacts)
    refuseCancelled(signal)
    return {
      facts: { shape: manifest.shape, classes: manifest.classes.length },
      on: (_space, library) =>
        [ready, ...sets].reduceRight(
          (evaluator, set) => onUnchangedData(set, evaluator),
          createTrainingEvaluator({
            pool,
            cardOf,
            // A training of one architecture: nothing else wants the other cores.
            threadsFor: definition.space.kind === 'single' ? threadsAlone : undefined,
            definition,
            run: run.id,
            others: othersOfRun({ store, artefacts }, run.id, definition),
            library,
            fingerprint,
            // Never the test split (docs/rules.md#test-data): that is a final training's alone, once, at its end.
            data: ready.files('train'),
            ...indices,
            legs,
            ...(initial !== null && { initialWeights: initial }),
            ...(test !== null && { finalTest: { ...test, weightsFile: (sha256: string) => artefacts.path(sha256) } }),
            checkpointsFolder: store.folders.checkpoints,
          }),
        ),
    }
  },
}
