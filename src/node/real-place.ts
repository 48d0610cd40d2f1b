// Where a path leads in the end, and whether that lies in a folder: links are followed, of what is not there yet the part that is.
import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { errorCode, fileError } from './file-error'

/**
 * @param place absolute
 * @returns without a link in it as far as it exists
 * @throws AppError `storage-failed` where it cannot be followed
 */
export async function realPlace(place: string): Promise<string> {
  try {
    return await realpath(place)
  } catch (thrown) {
    const above = path.dirname(place)
    if (errorCode(thrown) !== 'ENOENT' || above === place) throw fileError(`look at ${place}`, thrown)
    return path.join(await realPlace(above), path.basename(place))
  }
}

/** Whether `place` is `folder` or lies in it; both absolute and without links. */
export function isWithin(folder: string, place: string): boolean {
  const relative = path.relative(folder, place)
  return relative === '' || !(relative.split(path.sep)[0] === '..' || path.isAbsolute(relative))
}
