// How the trained kernels of an export are stored; they are computed with in float32 whichever is chosen. The rounding itself is
// compute/exchange's.
import { z } from 'zod'
import { setting } from '../search/settings'

export const WEIGHT_PRECISIONS = ['float32', 'float16', 'uint16', 'uint8'] as const
export const weightPrecisionSchema = z.enum(WEIGHT_PRECISIONS)
export type WeightPrecision = z.infer<typeof weightPrecisionSchema>

/** Options of the formats of tfjs. */
export const storedWeightsSchema = z.strictObject({
  weights: setting(weightPrecisionSchema.default('float32'), {
    description:
      'How kernels are stored: float16 and uint16 halve the file, uint8 quarters it. They are computed with in float32; the proof compares with the rounded network and tells what the rounding costs.',
  }),
})
export type StoredWeights = z.infer<typeof storedWeightsSchema>
