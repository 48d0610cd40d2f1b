// What one process measures, on either side: a network, how long to go on, and the times of its steps.
import type { LayerGraph } from '../../src/shared/architecture/layer'

/** Given to both sides as JSON. Data are random pixels; neither side augments them. */
export interface StepJob {
  readonly graph: LayerGraph
  readonly batch: number
  readonly images: number
  readonly classes: number
  /** Steps before the clock starts, and the most that are measured. */
  readonly warmUp: number
  readonly steps: number
  /** Ends the measurement earlier, after at least three steps. */
  readonly seconds: number
}

export interface StepTimes {
  /** Trained values: equal on both sides, or the networks are not the same. */
  readonly parameters: number
  readonly times: readonly number[]
  readonly losses: readonly number[]
}
