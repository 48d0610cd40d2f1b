// Files that the system makes as they are read (/proc, /sys, control groups): they have no size, so read-file.ts would refuse them.
import { readFileSync } from 'node:fs'
import { errorCode } from './file-error'

/**
 * Only for names of this program's own. They are memory: reading them at once costs microseconds.
 * @returns null where there is none: another system, outside a control group, or a process that has ended
 */
export function readSystemFile(place: string): string | null {
  try {
    return readFileSync(place, 'utf8')
  } catch (thrown) {
    if (errorCode(thrown) !== '') return null
    throw thrown
  }
}
