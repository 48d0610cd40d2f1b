// The split of a run's training images: drawn once from its definition, kept as two artefacts that the run refers to.
import type { RunDefinition } from '@shared/search/run'
import { indexBytes, stratifiedSplit } from '../../datasets/split'
import type { ReadyDataset } from '../../datasets/datasets'
import type { Artefact, Artefacts } from '../../storage/artefacts'
import { updateRun, type RunRecord } from '../../storage/runs'
import type { Store } from '../../storage/store'

/** Paths of the index files that the training evaluator reads. */
export interface StoredSplit {
  readonly trainIndices: string
  readonly validationIndices: string
}

interface DrawnSplit {
  readonly train: Artefact
  readonly validation: Artefact
}

/**
 * The split of a definition as two files under their hashes: the same images and definition give the same. In a final training the
 * images to train are both parts together.
 */
export async function drawSplit(
  definition: Pick<RunDefinition, 'data' | 'final'>,
  ready: ReadyDataset,
  artefacts: Artefacts,
): Promise<DrawnSplit> {
  const split = stratifiedSplit(await ready.trainLabels(), ready.manifest.classes.length, definition.data)
  // A final training learns from those that validate, too: they are told apart only to see that stored weights are what was trained.
  const train = definition.final === null ? split.train : Int32Array.from([...split.train, ...split.validation]).sort()
  return {
    train: await artefacts.put('split-indices', indexBytes(train)),
    validation: await artefacts.put('split-indices', indexBytes(split.validation)),
  }
}

/** Stores the split and which images it is of, so that a later session finds out when they were replaced. */
export async function storeSplit(
  run: RunRecord,
  ready: ReadyDataset,
  artefacts: Artefacts,
  store: Store,
): Promise<StoredSplit> {
  const { train, validation } = await drawSplit(run.definition, ready, artefacts)
  await store.write(async (writer) => {
    await artefacts.refer(writer, train, `run:${run.id}`)
    await artefacts.refer(writer, validation, `run:${run.id}`)
    await updateRun(writer, run.id, { dataFingerprint: ready.fingerprint })
  })
  return { trainIndices: artefacts.path(train.sha256), validationIndices: artefacts.path(validation.sha256) }
}
