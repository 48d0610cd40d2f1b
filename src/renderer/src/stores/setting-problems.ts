// What is wrong with a definition, per setting, in the window's words.
import type { z } from 'zod'

export interface SettingProblem {
  /** Key under `definition.problems`. */
  readonly key:
    'tooSmall' | 'moreThan' | 'tooBig' | 'tooShort' | 'tooFew' | 'notNumber' | 'notWhole' | 'invalid' | 'order'
  readonly limit?: number
}

/** The first problem of each path of a failed parse, by dotted path. */
export function settingProblems(issues: readonly z.core.$ZodIssue[]): ReadonlyMap<string, SettingProblem> {
  const problems = new Map<string, SettingProblem>()
  for (const issue of issues) {
    // An item of a list is a problem of the list's field.
    const path = issue.path
      .filter((key) => typeof key !== 'number')
      .map(String)
      .join('.')
    if (!problems.has(path)) problems.set(path, describe(issue))
  }
  return problems
}

function describe(issue: z.core.$ZodIssue): SettingProblem {
  if (issue.code === 'too_small') {
    if (issue.origin === 'string') return { key: 'tooShort' }
    if (issue.origin === 'array') return { key: 'tooFew' }
    return { key: issue.inclusive === false ? 'moreThan' : 'tooSmall', limit: Number(issue.minimum) }
  }
  if (issue.code === 'too_big') return { key: 'tooBig', limit: Number(issue.maximum) }
  if (issue.code === 'invalid_type') return { key: issue.expected === 'int' ? 'notWhole' : 'notNumber' }
  // A nullable number reports the branch it failed in.
  const branch = issue.code === 'invalid_union' ? issue.errors[0]?.[0] : undefined
  return branch === undefined ? { key: 'invalid' } : describe(branch)
}
