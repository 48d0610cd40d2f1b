// Files that a network's file names beside itself: weights of ONNX, shards of tfjs. A name leads into the file's own folder or nowhere,
// links included.
import { realpathSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { quoted } from '@shared/quoted'
import { GIB } from '@shared/units'
import { isWithin } from '../real-place'
import { isMissing, readPartSync } from '../read-file'

const outside = (name: string): AppError =>
  new AppError(
    'invalid-input',
    `The file names ${quoted(name)} as a part of it, which does not lie in its own folder.`,
    'Put all files of the network into one folder, and export it again if they lie there already.',
  )

/** @returns where the named file lies @throws AppError `invalid-input` for a name that leads out of `folder` */
function placeBeside(folder: string, name: string): string {
  const isPlain = name !== '' && !path.isAbsolute(name) && !/[\0\\]|^[a-z]+:/i.test(name)
  const place = path.resolve(folder, name)
  if (!isPlain || !isWithin(folder, place) || place === folder) throw outside(name)
  try {
    if (!isWithin(realpathSync(folder), realpathSync(place))) throw outside(name)
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    return place // what is not there, or cannot be followed, is told by who reads it
  }
  return place
}

/**
 * A part of a file beside another one, into `folder` or below.
 * @param length all that follows where it is left out
 * @returns undefined where there is no such file
 * @throws AppError `invalid-input` for a name that leads elsewhere, what is no file, and a file that is too short
 */
export function readBeside(folder: string, name: string, offset: number, length?: number): Uint8Array | undefined {
  const place = placeBeside(folder, name)
  try {
    return readPartSync(place, { what: 'file of weights', maxBytes: 8 * GIB }, offset, length)
  } catch (thrown) {
    if (isMissing(thrown)) return undefined
    throw thrown
  }
}
