// Small JSON files of this program's own: what a start remembers of the one before, settings of a machine. Files that people write are
// read as text (text-file.ts), whose place in a line is told.
import { MIB } from '@shared/units'
import { readWhole, readWholeSync } from './read-file'

/** The largest, a benchmark of a machine with many devices, has some kilobytes. */
const READING = { what: 'JSON file', maxBytes: MIB } as const

/** @throws AppError as `readWhole`; SyntaxError where it is no JSON */
export async function readJson(place: string): Promise<unknown> {
  return JSON.parse((await readWhole(place, READING)).toString('utf8'))
}

/** As `readJson`, for a start that cannot wait. */
export function readJsonSync(place: string): unknown {
  return JSON.parse(readWholeSync(place, READING).toString('utf8'))
}
