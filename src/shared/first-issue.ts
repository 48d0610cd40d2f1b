// What zod found first, in words: one problem is mended at a time, and a message has room for one.
import type { z } from 'zod'
import { shownPlace, shownReason } from './quoted'

const joined = (path: readonly PropertyKey[]): string => path.map(String).join('.')

/**
 * "stem.width: expected number, received string".
 * @param whole what the value as a whole is called
 * @param nameOf how people call a place in it
 */
export function firstIssue(
  { issues }: z.ZodError,
  whole: string,
  nameOf: (path: readonly PropertyKey[]) => string = joined,
): string {
  const [issue] = issues
  if (issue === undefined) return `${whole}: invalid`
  return `${issue.path.length === 0 ? whole : shownPlace(nameOf(issue.path))}: ${shownReason(issue.message)}`
}
