// Keeps an evaluator from results on damaged data: what it trains on is compared with its fingerprint before an attempt, and once
// more before what came of it counts, be that a result or a failure.
import type { ReadyDataset } from '../datasets/datasets'
import type { Evaluator } from './evaluator'

/** @returns an evaluator that throws AppError `dataset-damaged` where the images or labels are no longer those of `data` */
export function onUnchangedData(data: Pick<ReadyDataset, 'refuseChanged'>, evaluator: Evaluator): Evaluator {
  return {
    ...evaluator,
    evaluate: async (...attempt) => {
      await data.refuseChanged()
      try {
        return await evaluator.evaluate(...attempt)
      } finally {
        await data.refuseChanged()
      }
    },
  }
}
