// What one process measures, on any side: a network, how long to go on, and the times of its steps and epochs.
import type { LayerGraph } from '../../src/shared/architecture/layer'
import type { Precision } from '../../src/shared/search/recipe'

/** Given to every side as JSON. Data are random pixels; no side augments them. */
export interface StepJob {
  readonly graph: LayerGraph
  readonly batch: number
  /** One epoch; a multiple of `batch`. */
  readonly images: number
  readonly classes: number
  /** Steps before the clock starts. */
  readonly warmUp: number
  /** Ends the measurement after the epoch in which they are over. */
  readonly seconds: number
  /** PyTorch's two choices; the others get their threads from the environment and have one layout. */
  readonly threads: number
  readonly channelsLast: boolean
  /** float32 where left out. */
  readonly precision?: Precision
}

export interface StepTimes {
  /** Trained values: equal on all sides, or the networks are not the same. */
  readonly parameters: number
  /** Milliseconds, of single steps and of whole epochs with all that lies between their steps. */
  readonly times: readonly number[]
  readonly epochs: readonly number[]
  readonly losses: readonly number[]
}
