// Evaluator `proxy` for the registry: the run's images are prepared as for a training, and each network is looked at once.
import { AppError } from '@shared/errors'
import type { ProxyDefinition } from '@shared/evaluators/proxy'
import type { RunDefinition } from '@shared/search/run'
import { refuseCancelled } from '@node/cancel'
import type { Evaluation, Evaluator } from '../evaluator'
import type { EngineEvaluator } from '../kind'
import { checkData, settleData } from '../training/check'
import { imagesOfRun, journalImages, refuseOtherData } from '../training/images'
import { storeSplit } from '../training/split'
import { trainingKind } from '../training'
import { onUnchangedData } from '../unchanged-data'
import { measureProxies, type Proxied } from './measure'

function settingsOf({ evaluator }: Pick<RunDefinition, 'evaluator'>): ProxyDefinition {
  if (evaluator.kind !== 'proxy') throw new Error(`the evaluator proxy was given ${evaluator.kind}`)
  return evaluator
}

function createProxyEvaluator(definition: RunDefinition, fingerprint: string, proxied: Proxied): Evaluator {
  const { proxy, images } = settingsOf(definition)
  const { data, seed } = definition
  return {
    conditions: ({ architectureHash }) => ({
      ...{ architectureHash, fingerprint, proxy, images, seed },
      resolution: data.resolution,
      trainImages: data.trainImages,
      validationImages: data.validationImages,
      splitSeed: data.splitSeed,
    }),
    evaluate: async (_trial, document, _hooks, signal): Promise<Evaluation> => {
      const value = (await measureProxies(proxied, document, { names: [proxy], images }, signal))[proxy]
      if (value == null)
        throw new AppError('invalid-architecture', `The network has no finite ${proxy}: no image gets through it.`)
      return { type: 'finished', fitness: value, bestEpoch: null, weights: null }
    },
    proxies: (document, wish, signal) => measureProxies(proxied, document, wish, signal),
  }
}

export const proxyKind: EngineEvaluator = {
  images: trainingKind.images,
  check: async (definition, tools) => {
    // Nothing of a training's budget or recipe is read.
    const { problems, notes } = await checkData({ ...definition, maxEpochs: null }, tools)
    const { proxy, images } = settingsOf(definition)
    return {
      problems,
      notes: [...notes, `Nothing is trained: ${proxy} looks at each network once, with ${images} images that train.`],
    }
  },
  settle: settleData,
  parallel: trainingKind.parallel,
  prepare: async ({ store, artefacts, datasets, pool }, { run, signal, tell }) => {
    const begun = performance.now()
    let isMade = false
    const ready = await imagesOfRun(datasets, run.definition.data, signal, (step) => {
      isMade = true
      tell(step)
    })
    refuseOtherData(run, ready)
    if (isMade) await journalImages(store, run, ready, (performance.now() - begun) / 1000)
    const { trainIndices } = await storeSplit(run, ready, artefacts, store)
    refuseCancelled(signal)
    const { manifest, fingerprint } = ready
    const data = ready.files('train')
    return {
      facts: { shape: manifest.shape, classes: manifest.classes.length },
      on: (_space, library) =>
        onUnchangedData(
          ready,
          createProxyEvaluator(run.definition, fingerprint, {
            ...{ pool, library, data, trainIndices, runSeed: run.definition.seed },
          }),
        ),
    }
  },
}
