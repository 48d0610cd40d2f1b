// The weights of an earlier training of the same network, to start from.
import { AppError } from '@shared/errors'
import { readArrayFile } from '../networks/array-file'
import type { NamedArray } from '../networks/weights'

/** @throws AppError `storage-failed` for a file that is no weights */
export async function readWeights(file: string): Promise<readonly NamedArray[]> {
  try {
    return (await readArrayFile(file)).arrays
  } catch (cause) {
    throw new AppError(
      'storage-failed',
      `The weights to start from cannot be read: ${file}.`,
      'Train from scratch, or train the trial again.',
      { cause },
    )
  }
}
