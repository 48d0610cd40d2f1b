// What a search will take, before it starts: worked out by the engine from a short calibration, told by window and command line.
import { z } from 'zod'

export const runForecastSchema = z.object({
  /** Distinct architectures that its budgets leave room for. */
  evaluations: z.number().int().min(0),
  /** Seconds of searching, about an 80 % range; null where nothing is known of what an evaluation takes. */
  time: z.object({ low: z.number().min(0), high: z.number().min(0) }).nullable(),
  /** Seconds of one whole training, of the fastest and the slowest network that was tried; null where none was. */
  training: z.object({ least: z.number().min(0), most: z.number().min(0) }).nullable(),
  /** Of all computes at once while networks train; null where the system does not tell. */
  peakMemoryBytes: z.number().min(0).nullable(),
  /** What the workspace grows by: weights that are kept, and checkpoints while networks train. */
  diskBytes: z.number().min(0).nullable(),
  /** Networks that were trained for a moment to find out, and how long all of that took. */
  calibrated: z.number().int().min(0),
  calibrationSeconds: z.number().min(0),
})
export type RunForecast = z.infer<typeof runForecastSchema>

export const forecastProgressSchema = z.object({
  /** Calibrations that are done, and all of them. */
  done: z.number().int().min(0),
  of: z.number().int().min(0),
  /** With the last one. */
  result: runForecastSchema.nullable(),
})
export type ForecastProgress = z.infer<typeof forecastProgressSchema>

/** What one network of the space took in a calibration, scaled to a whole training. */
export interface Calibration {
  readonly seconds: number
  /** Of its compute; null where the system does not tell. */
  readonly peakMemoryBytes: number | null
  readonly weightBytes: number
  /** Of the folder it goes on from, with its best weights. */
  readonly checkpointBytes: number
}
