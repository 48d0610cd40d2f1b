// The images of a run: as the data set has them, or at the run's resolution, which the engine makes when they are first needed.
// Fetching a data set is the user's to ask for; making smaller images of one that is there is not worth a question.
import type { DatasetProgress } from '@shared/contract/datasets'
import { AppError } from '@shared/errors'
import type { DataSelection } from '@shared/search/run'
import { refuseCancelled } from '@node/cancel'
import type { Datasets, ReadyDataset } from '../../datasets/datasets'
import { addJournal } from '../../storage/journal'
import type { RunRecord } from '../../storage/runs'
import type { Store } from '../../storage/store'

/**
 * The images that a run trains, validates and is proven on.
 * @param tell receives each step of making them; nothing where they are there
 * @throws AppError those of `Datasets.ready` and `Datasets.get`; `cancelled` when the signal fires (what is being made goes on)
 */
export async function imagesOfRun(
  datasets: Datasets,
  { dataset, resolution }: Pick<DataSelection, 'dataset' | 'resolution'>,
  signal: AbortSignal,
  tell: (step: DatasetProgress) => void,
): Promise<ReadyDataset> {
  const full = await datasets.ready(dataset)
  if (resolution === null) return full
  for await (const step of datasets.get(dataset, signal, resolution)) if (step.stage === 'writing') tell(step)
  refuseCancelled(signal)
  return datasets.ready(dataset, resolution)
}

/**
 * Results on other images cannot be compared, and weights belong to the classes and the normalisation that they were trained with.
 * @throws AppError `conflict` when the data set was replaced since the run began
 */
export function refuseOtherData(
  { number, dataFingerprint, definition: { final } }: RunRecord,
  { manifest, fingerprint }: ReadyDataset,
): void {
  const searched = final?.dataFingerprint ?? null
  if (dataFingerprint === null && searched !== null && searched !== fingerprint)
    throw new AppError(
      'conflict',
      `Run ${number} trains on what another search has found, on other images than the data set "${manifest.name}" holds now: it was replaced on ${manifest.createdAt}.`,
      `Import the images of before as "${manifest.name}" again, or search on those of now.`,
    )
  if (dataFingerprint === null || dataFingerprint === fingerprint) return
  throw new AppError(
    'conflict',
    `Run ${number} has begun with other images than the data set "${manifest.name}" holds now: it was replaced on ${manifest.createdAt}.`,
    `Import the images of before as "${manifest.name}" again, or start a new search.`,
  )
}

/** Says in the run's journal that its images were made, which took `seconds`. */
export async function journalImages(
  store: Store,
  { id }: RunRecord,
  { manifest }: ReadyDataset,
  seconds: number,
): Promise<void> {
  const [height, width] = manifest.shape
  const message = `Made the images of ${height} x ${width} pixels that this search trains on (${seconds.toFixed(0)} s).`
  await store.write((writer) => addJournal(writer, id, 'info', message))
}
