// Asks a compute for zero-cost figures of one network, with a limit of time (docs/rules.md#nobody-waits-for-ever).
import type { BlockLibrary } from '@shared/architecture/block'
import { prepareStored } from '@shared/architecture/prepared'
import type { SplitFiles } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import { orAborted } from '@node/cancel'
import { within } from '@node/waiting'
import type { ComputePool } from '../../executors/pool'
import type { ProxyFigures, ProxyWish } from '../evaluator'

/** A figure takes about as long as a few training steps; a compute that is silent for so long is stuck. Chosen by us. */
const LIMIT_MS = 600_000

export interface Proxied {
  readonly pool: Pick<ComputePool, 'run'>
  readonly library: BlockLibrary
  /** Of the split that trains, with the file of the indices that train. */
  readonly data: SplitFiles
  readonly trainIndices: string
  /** Of the run: all its networks are looked at with the same start and images. */
  readonly runSeed: number
}

/** @throws AppError `cancelled`, `compute-died`, `invalid-architecture`, `dataset-damaged` */
export async function measureProxies(
  { pool, library, data, trainIndices, runSeed }: Proxied,
  document: unknown,
  { names, images }: ProxyWish,
  signal: AbortSignal,
): Promise<ProxyFigures> {
  const { graph } = prepareStored(document, library)
  const seed = createRandom(runSeed)
    .fork('proxies')
    .integer(2 ** 31)
  const request = { graph, names: [...names], seed, data, indices: trainIndices, images }
  const { values } = await pool.run((client, _slot, kill) => {
    const measured = orAborted(client.proxies(request, { signal }), signal, 'The figures were no longer wanted.')
    return within(LIMIT_MS, measured, () => {
      kill()
      throw new AppError('compute-died', `A compute gave no figure within ${LIMIT_MS / 60_000} minutes and was ended.`)
    })
  }, signal)
  return values
}
