// The one contract between the engine and whoever asks it: window, command line, tests. One file per service.
import { ablationsContract } from './ablations'
import { datasetsContract } from './datasets'
import { designsContract } from './designs'
import { exportsContract } from './exports'
import { importsContract } from './imports'
import { proposerContract } from './proposer'
import { runtimeContract } from './runtime'
import { runtimesContract } from './runtimes'
import { searchesContract, trialsContract } from './searches'

export const engineContract = {
  ablations: ablationsContract,
  datasets: datasetsContract,
  designs: designsContract,
  exports: exportsContract,
  imports: importsContract,
  proposer: proposerContract,
  runtime: runtimeContract,
  runtimes: runtimesContract,
  searches: searchesContract,
  trials: trialsContract,
}
export type EngineContract = typeof engineContract
