// The contract between the engine and the proof process: runtimes that have none of our kernels and no binding.
// It only predicts; comparing with the trained network is the engine's job (exchange/compare-predictions).
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { exportFormatSchema } from '../exchange/formats'
import { exportedPredictionSchema, inputsSchema, splitFilesSchema } from './compute'
import { firstDifferenceSchema } from './exports'
import { latencySchema } from './latency'

export const proofContract = {
  /**
   * Loads the export in `folder` and runs raw pixels of the chosen images and random inputs through it.
   * `runtime` names library, version and backend. @throws not-found, dataset-damaged, invalid-input for a format without values
   */
  predict: oc
    .input(inputsSchema.extend({ format: exportFormatSchema, folder: z.string() }))
    .output(exportedPredictionSchema.extend({ runtime: z.string(), latency: latencySchema })),
  /**
   * The first layer of the export in `folder` whose values on one image differ from those of the trained network, which a compute has
   * written into the file `trained`; null where none does. @throws not-found, storage-failed, dataset-damaged
   */
  firstDifference: oc
    .input(
      z.object({
        format: exportFormatSchema,
        folder: z.string(),
        data: splitFilesSchema,
        index: z.number().int().min(0),
        trained: z.string(),
        tolerance: z.number(),
      }),
    )
    .output(firstDifferenceSchema.nullable()),
}
export type ProofContract = typeof proofContract
