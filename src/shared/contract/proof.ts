// The contract between the engine and the proof process: runtimes that have none of our kernels and no binding.
// It only predicts; comparing with the trained network is the engine's job (exchange/compare-predictions).
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { exportFormatSchema } from '../exchange/formats'
import { predictionSchema, splitFilesSchema } from './compute'

export const proofContract = {
  /**
   * Loads the export in `folder` and runs raw pixels of the chosen images through it.
   * `runtime` names library, version and backend. @throws not-found, dataset-damaged, invalid-input for a format without values
   */
  predict: oc
    .input(
      z.object({
        format: exportFormatSchema,
        folder: z.string(),
        data: splitFilesSchema,
        indices: z.array(z.number().int().min(0)).min(1).max(50_000),
      }),
    )
    .output(predictionSchema.extend({ runtime: z.string() })),
}
export type ProofContract = typeof proofContract
