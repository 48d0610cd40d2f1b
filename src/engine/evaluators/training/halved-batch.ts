// What a training does after the kernel has ended its compute for want of memory: the batch is halved once, as where TensorFlow
// itself runs out of it and the compute lives on. Remembered beside the checkpoints, because the trial may go on in another
// session; removed with them.
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { TrainJob } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { writeFileWhole } from '@node/whole-file'
import { MemoryKillError } from '../../executors/memory-kills'

const marker = (checkpointFolder: string): string => path.join(checkpointFolder, 'batch-halved')

export const isBatchHalved = (checkpointFolder: string): boolean => existsSync(marker(checkpointFolder))

/**
 * What to tell the run of a failed attempt: `thrown` itself, or the end of a trial whose halved batch did not fit either. A
 * deterministic training keeps its batch, or it would be another one; the next attempt may find more memory.
 */
export async function afterMemoryKill(
  thrown: unknown,
  { checkpointFolder, recipe, halveBatch: isHalved }: Pick<TrainJob, 'checkpointFolder' | 'recipe' | 'halveBatch'>,
): Promise<unknown> {
  if (!(thrown instanceof MemoryKillError) || recipe.deterministic) return thrown
  if (isHalved === true)
    return new AppError('out-of-memory', `${thrown.message} Its batch had been halved before.`, thrown.fix)
  try {
    await writeFileWhole(marker(checkpointFolder), '')
  } catch {
    // A full disk must not hide what happened: the next attempt has the whole batch again.
  }
  return thrown
}
