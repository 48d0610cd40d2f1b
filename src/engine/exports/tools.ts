// What making and proving an export works with.
import type { Datasets } from '../datasets/datasets'
import type { ShapedPool, StartProof } from '../executors/pool'
import type { Artefacts } from '../storage/artefacts'
import type { Store } from '../storage/store'
import type { WeightsCheck } from './weights-check'

export interface ExportTools {
  readonly store: Store
  readonly artefacts: Artefacts
  readonly datasets: Datasets
  readonly pool: ShapedPool
  readonly startProof: StartProof
  readonly weightsCheck: WeightsCheck
  readonly cacheFolder: string
  readonly appVersion: string
}
