// What a final training has: the weights it starts from, as one from given weights has them, and the test images that it is tested on once, at its end.
import { AppError } from '@shared/errors'
import type { SplitFiles } from '@shared/contract/compute'
import type { ReadyDataset } from '../../datasets/datasets'
import { indexBytes } from '../../datasets/split'
import type { Artefacts } from '../../storage/artefacts'
import { initialWeightsOf } from '@shared/spaces/single/initial-weights'
import type { RunRecord } from '../../storage/runs'
import type { Store } from '../../storage/store'

/** The test split, and the file of the indices of all its images. */
export interface TestSplit {
  readonly data: SplitFiles
  readonly indices: string
}

/** Path of the weights that a final training or one from given weights starts from, kept for as long as its run is there; null where it starts from new ones. */
export async function startingWeights(run: RunRecord, artefacts: Artefacts, store: Store): Promise<string | null> {
  const sha256 = run.definition.final?.weightsSha256 ?? initialWeightsOf(run.definition) ?? null
  if (sha256 === null) return null
  if (!(await artefacts.isWhole(sha256)))
    throw new AppError(
      'storage-damaged',
      `The weights that run ${run.number} starts from are missing or damaged.`,
      'Train it from scratch, or train the trial again.',
    )
  const weights = { sha256, kind: 'weights', sizeBytes: 0 }
  await store.write((writer) => artefacts.refer(writer, weights, `run:${run.id}`))
  return artefacts.path(sha256)
}

export async function finalTest(ready: ReadyDataset, artefacts: Artefacts): Promise<TestSplit> {
  const data = ready.files('test')
  const all = Int32Array.from({ length: data.count }, (_, index) => index)
  const { sha256 } = await artefacts.put('split-indices', indexBytes(all))
  return { data, indices: artefacts.path(sha256) }
}
