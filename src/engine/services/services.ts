// What the services work with; made once in host.ts.
import type { PaperProposer } from '@shared/strategies/paper-proposers'
import type { AllowedCommands } from '../evaluators/command/allowed-commands'
import type { Datasets } from '../datasets/datasets'
import type { Devices } from '../executors/devices'
import type { ShapedPool, StartProof } from '../executors/pool'
import type { ProcessStarter } from '../executors/process-starter'
import type { WeightsCheck } from '../exports/weights-check'
import type { Tuner } from '../fine-tuning/tuner'
import type { OwnCheckpoints } from '../proposers/own-checkpoints'
import type { Restoring } from './backups'
import type { Orchestrator } from '../runs/orchestrator'
import type { Updates } from '../runs/updates'
import type { RunViews } from '../runs/watch'
import type { Runtimes } from '../runtimes/runtimes'
import type { Artefacts } from '../storage/artefacts'
import type { Store } from '../storage/store'

export interface Services {
  readonly store: Store
  readonly artefacts: Artefacts
  readonly datasets: Datasets
  readonly pool: ShapedPool
  readonly devices: Devices
  readonly runtimes: Runtimes
  readonly startProcess: ProcessStarter
  readonly startProof: StartProof
  readonly weightsCheck: WeightsCheck
  readonly allowedCommands: AllowedCommands
  readonly orchestrator: Orchestrator
  readonly views: RunViews
  readonly updates: Updates
  /** Folder of a checkpoint of preset `paper`, the newest without a name; it may be absent. */
  readonly proposerFolder: (name?: PaperProposer) => string
  /** Folder of the checkpoint of preset `workbench`. */
  readonly judgeFolder: string
  readonly learnerFolder: string
  /** Folder of the checkpoint of preset `chains`. */
  readonly chainsFolder: string
  /** Those of preset `workbench` that searches can ask, by name. */
  readonly proposers: OwnCheckpoints
  /** Fine-tunes off this thread. */
  readonly tuner: Tuner
  readonly cacheFolder: string
  readonly appVersion: string
  readonly restoring: Restoring
  /** Version of the window's Electron; null where there is no window. */
  readonly electron: string | null
  /** Fires when the engine closes. */
  readonly closing: AbortSignal
}
