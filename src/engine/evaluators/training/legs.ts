// The trainings of a trial in rungs of fewer or smaller images (decision 191): which one a rung belongs to, what it learns from, where its
// checkpoints are, and its architecture for images of another size.
import path from 'node:path'
import type { BlockLibrary } from '@shared/architecture/block'
import { applyDiff, setInputShape } from '@shared/architecture/document'
import { channelsOf, type TensorShape } from '@shared/architecture/layer'
import { prepareArchitecture, type PreparedArchitecture } from '@shared/architecture/prepared'
import type { DatasetProgress } from '@shared/contract/datasets'
import type { SplitFiles } from '@shared/contract/compute'
import { AppError, errorData } from '@shared/errors'
import { createRandom } from '@shared/random'
import { reducedSide } from '@shared/search/resolution'
import { imagesAt, legOf, sideAt } from '@shared/search/rung-images'
import { climbs, halvingOf, rungOf, type Halving } from '@shared/search/rungs'
import type { RunDefinition } from '@shared/search/run'
import { trainedAt, validationImagesOf } from '@shared/search/validation-share'
import type { Space } from '@shared/spaces/space'
import type { Datasets, ReadyDataset } from '../../datasets/datasets'
import type { Artefacts } from '../../storage/artefacts'
import type { RunRecord } from '../../storage/runs'
import type { Store } from '../../storage/store'
import type { TrialRecord } from '../../storage/trials'
import { imagesOfRun, journalImages } from './images'
import { drawSplit } from './split'

/** What one training of a trial learns from; it validates on the same images as all others, at the size of these. */
export interface LegImages {
  readonly data: SplitFiles
  readonly trainIndices: string
}

/** Where a trial stands in its rungs, and what it learns from there. */
export interface Place extends LegImages {
  /** Null where it is trained whole. */
  readonly halving: Halving | null
  readonly rung: number
}

/**
 * Folder of the checkpoints at a rung: that of the trial where it has one training, else one for each, so that those of a training that was
 * left are removed while the next one already writes its own.
 */
export const rungFolder = (trialFolder: string, halving: Halving, rung: number): string =>
  legOf(halving, halving.epochs.length - 1) === 0 ? trialFolder : path.join(trialFolder, `leg-${legOf(halving, rung)}`)

/** @param whole what a whole training learns from; `legs` what those before it do, in their order */
export function placeOf(
  whole: LegImages & { readonly definition: RunDefinition; readonly legs?: readonly LegImages[] },
  trial: TrialRecord,
): Place {
  const { definition, data, trainIndices, legs = [] } = whole
  const halving = climbs(trial) ? halvingOf(definition) : null
  if (halving === null) return { halving, rung: 0, data, trainIndices }
  const rung = rungOf(halving, trial)
  return { halving, rung, ...(legs[legOf(halving, rung)] ?? { data, trainIndices }) }
}

/** The architecture for images of a shape. @throws AppError for one that they are too small for */
export function architectureAt(
  whole: PreparedArchitecture,
  shape: TensorShape,
  library: BlockLibrary,
): PreparedArchitecture {
  if (whole.graph.input.join() === shape.join()) return whole
  try {
    return prepareArchitecture(applyDiff(whole.document, setInputShape(whole.document, shape)), library)
  } catch (thrown) {
    const { code, message } = errorData(thrown)
    throw new AppError(
      code,
      `It cannot be built for the images of ${shape[0]} x ${shape[1]} pixels of its rung: ${message}`,
      'Choose a larger side for the first rung (fidelity.firstSide), or leave it out.',
      { cause: thrown },
    )
  }
}

/** Side of the images that the result of a trial is of, where it is less than the run's; undefined where it is not. */
export function reducedSideOf(definition: RunDefinition, trial: TrialRecord, whole: readonly number[]) {
  const halving = climbs(trial) ? halvingOf(definition) : null
  const share = halving === null ? 1 : sideAt(halving, rungOf(halving, trial))
  return share < 1 ? reducedSide(whole, share) : undefined
}

/** One architecture is drawn and spelled out for the images of the first rung. @throws AppError where they are too small for it */
export function proveFirstRung(definition: RunDefinition, space: Space, library: BlockLibrary): void {
  const halving = halvingOf(definition)
  const share = halving === null ? 1 : sideAt(halving, 0)
  if (share === 1 || space.undocumented !== undefined) return
  const drawn = space.random(createRandom(definition.seed))
  const whole = prepareArchitecture(space.toDocument(drawn, 'drawn'), library)
  const side = reducedSide(whole.graph.input, share)
  architectureAt(whole, [side, side, channelsOf(whole.graph.input)], library)
}

interface Tools {
  readonly datasets: Datasets
  readonly artefacts: Artefacts
  readonly store: Store
}

/**
 * What the trainings of a run's trials before their last one learn from, drawn and made where it is not there; images to train are a part
 * of those of the whole training.
 * @param ready the run's own images @param tell receives each step of making smaller ones
 * @returns also the data sets that they are of, other than the run's own
 */
export async function legsOfRun(
  { datasets, artefacts, store }: Tools,
  run: RunRecord,
  ready: ReadyDataset,
  signal: AbortSignal,
  tell: (step: DatasetProgress) => void,
): Promise<{ readonly legs: readonly LegImages[]; readonly sets: readonly ReadyDataset[] }> {
  const { definition } = run
  const halving = halvingOf(definition)
  const legs: LegImages[] = []
  const sets = new Map<number, ReadyDataset>()
  if (halving === null) return { legs, sets: [] }
  const { length: available } = await ready.trainLabels()
  const validationImages = validationImagesOf(definition.data, available)
  const whole = definition.data.trainImages ?? available - validationImages
  const last = halving.epochs.length - 1
  for (let rung = 0; legOf(halving, rung) < legOf(halving, last); rung++) {
    if (legs.length > legOf(halving, rung)) continue
    const side = sideAt(halving, rung)
    const set = side < 1 ? (sets.get(side) ?? (await smaller(side))) : ready
    if (side < 1) sets.set(side, set)
    const data = { ...definition.data, trainImages: trainedAt(whole, imagesAt(halving, rung)), validationImages }
    const { train } = await drawSplit({ data, final: null }, ready, artefacts)
    await store.write((writer) => artefacts.refer(writer, train, `run:${run.id}`))
    legs.push({ data: set.files('train'), trainIndices: artefacts.path(train.sha256) })
  }
  return { legs, sets: [...sets.values()] }

  async function smaller(share: number): Promise<ReadyDataset> {
    const begun = performance.now()
    const resolution = reducedSide(ready.manifest.shape, share)
    let isMade = false
    const made = await imagesOfRun(datasets, { dataset: definition.data.dataset, resolution }, signal, (step) => {
      isMade = true
      tell(step)
    })
    if (isMade) await journalImages(store, run, made, (performance.now() - begun) / 1000)
    return made
  }
}
