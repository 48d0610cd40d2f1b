// The error of a file that is damaged as a whole, so that nothing of the import can be believed.
import { AppError } from '@shared/errors'

/** @param reason continues "NAME cannot be read: ..." */
export function damagedFile(name: string, reason: string, cause?: unknown): AppError {
  return new AppError('dataset-damaged', `${name} cannot be read: ${reason}.`, 'Get the file again from its source.', {
    cause,
  })
}
