// What the elaboration found: nodes that mean nothing or do not fit their input. The repairs are in ../repairs.
import type { ElaborationProblem } from '../../elaboration'
import type { CheckContext, Rule } from '../context'
import { nodeName } from '../context'
import type { Fix, Problem } from '../problem'
import { connectSinkToOutput, removeThrough } from '../repairs/connections'
import { correctParameter, fitGroups } from '../repairs/parameters'
import { fitWindow, flattenFirst, matchInputs } from '../repairs/shapes'

export const meaning: Rule = (context) =>
  context.elaboration.problems.map((problem): Problem => {
    const { code, nodeId, message } = problem
    // A node's name is what it is called, so it keeps its letters; a sentence without one begins like any other.
    const hasName = nodeId !== undefined && code !== 'no-output' && code !== 'several-outputs'
    const sentence = hasName ? `${nodeName(context, nodeId)}: ${message}` : capital(message)
    return {
      code,
      severity: 'error',
      ...(nodeId === undefined ? {} : { nodeId }),
      message: /[.?!]$/.test(sentence) ? sentence : `${sentence}.`,
      ...withFix(repair(context, problem)),
    }
  })

function repair(context: CheckContext, problem: ElaborationProblem): Fix | undefined {
  switch (problem.code) {
    case 'parameter-range':
      return correctParameter(context, problem)
    case 'input-count':
      return removeThrough(context, problem)
    case 'shape-mismatch':
      return flattenFirst(context, problem) ?? matchInputs(context, problem)
    case 'below-one':
      return fitWindow(context, problem)
    case 'groups':
      return fitGroups(context, problem)
    case 'no-output':
      return connectSinkToOutput(context)
    case 'unknown-kind':
    case 'unknown-block':
    case 'block-failed':
    case 'block-cycle':
    case 'cycle':
    case 'several-outputs':
    case 'too-large':
      return undefined
  }
}

/** A property only where there is something to put in it. */
export function withFix(fix: Fix | undefined): { readonly fix?: Fix } {
  return fix ? { fix } : {}
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
