// The contract between the engine and the proof process: runtimes that have none of our kernels and no binding.
// It only predicts; comparing with the trained network is the engine's job (exchange/compare-predictions).
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { exportFormatSchema } from '../exchange/formats'
import { exportedPredictionSchema, inputsSchema, splitFilesSchema } from './compute'
import { firstDifferenceSchema } from './exports'
import { importFactsSchema } from './imports'
import { scalingWishSchema } from '../exchange/imported/scaling'
import { latencySchema } from './latency'

export const proofContract = {
  /**
   * Reads a network of another program: its design, and its values into the file `weights`, with the scaling of the file or, where it is
   * silent, the one given.
   * @throws not-found, invalid-input, invalid-architecture
   */
  readNetwork: oc
    .input(z.object({ path: z.string(), weights: z.string().nullable(), scaling: scalingWishSchema.nullable() }))
    .output(
      z.object({
        name: z.string(),
        facts: importFactsSchema,
        document: z.unknown(),
        /** Of the file of weights; null where none was asked for, or the file has no values. */
        weightsSha256: z.string().nullable(),
      }),
    ),
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
