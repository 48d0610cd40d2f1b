// The images of a run: as the data set has them, or at the run's resolution, which the engine makes when they are first needed.
// Fetching a data set is the user's to ask for; making smaller images of one that is there is not worth a question.
import type { DatasetProgress } from '@shared/contract/datasets'
import type { DataSelection } from '@shared/search/run'
import { refuseCancelled } from '../cancel'
import type { Datasets, ReadyDataset } from '../datasets/datasets'

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
