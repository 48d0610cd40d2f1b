// The linter of architectures: every problem of a document with place, reason and repair. Pure and fast enough to run on
// every keystroke; one file per family of rules, one line here for each.
import type { BlockLibrary } from '../block'
import type { NetworkCost } from '../cost'
import type { ArchitectureDocument } from '../document/records'
import type { LayerCost, LayerGraph, TensorShape } from '../layer'
import { applyDiff } from '../document/diff'
import type { CheckContext, Rule } from './context'
import { createContext } from './context'
import type { Problem, Severity } from './problem'
import { definitions } from './rules/definitions'
import { meaning } from './rules/meaning'
import { blockOutput, outputShape, softmaxOutput } from './rules/output'
import { missingNormalisation, receptiveField } from './rules/practice'
import { deadParts, duplicateSlots, unreadInput } from './rules/wiring'

export type { Fix, Problem, ProblemCode, Severity } from './problem'

const RULES: readonly Rule[] = [
  meaning,
  unreadInput,
  duplicateSlots,
  outputShape,
  deadParts,
  blockOutput,
  softmaxOutput,
  missingNormalisation,
  receptiveField,
  definitions,
]
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'hint']

/** Every problem, errors first. Never throws for a parsed document. */
export function checkDocument(document: ArchitectureDocument, library: BlockLibrary): Problem[] {
  return problemsOf(createContext(document, library))
}

/** True when nothing keeps the architecture from being trained. */
export function isSound(problems: readonly Problem[]): boolean {
  return problems.every((problem) => problem.severity !== 'error')
}

export interface Inspection {
  readonly problems: readonly Problem[]
  /** Output shape of every node that has one, `input` and `output` included; also of parts that lead nowhere. */
  readonly nodeShapes: ReadonlyMap<string, TensorShape>
  /** What each layer and block costs; only of parts that lead to the output. */
  readonly nodeCosts: ReadonlyMap<string, LayerCost>
  /** Of the whole architecture; undefined while there are errors in it. */
  readonly cost: NetworkCost | undefined
  /** Spelled out in layers; undefined while there are errors in it. */
  readonly graph: LayerGraph | undefined
}

/** All the editor shows beside a document, from one walk over it. */
export function inspectDocument(document: ArchitectureDocument, library: BlockLibrary): Inspection {
  const context = createContext(document, library)
  const { input, layers, output, nodeShapes, nodeOf } = context.elaboration
  const nodeCosts = new Map<string, { parameters: number; statistics: number; macs: number }>()
  for (const [layerId, layer] of context.cost.layers) {
    const nodeId = nodeOf.get(layerId) ?? layerId
    const sum = nodeCosts.get(nodeId) ?? { parameters: 0, statistics: 0, macs: 0 }
    sum.parameters += layer.parameters
    sum.statistics += layer.statistics
    sum.macs += layer.macs
    nodeCosts.set(nodeId, sum)
  }
  return {
    problems: problemsOf(context),
    nodeShapes,
    nodeCosts,
    cost: output === undefined ? undefined : context.cost,
    graph: output === undefined ? undefined : { input, nodes: layers, output },
  }
}

/**
 * Applies repairs one after the other, checking again in between, until none of the wanted severities is left.
 * @param severities whose repairs to apply; hints are matters of taste and are left alone by default.
 */
export function repairDocument(
  document: ArchitectureDocument,
  library: BlockLibrary,
  severities: readonly Severity[] = ['error', 'warning'],
): ArchitectureDocument {
  // A repair may uncover the next problem, but each one is finite; the bound only guards against two that undo each other.
  for (let left = 2 * Object.keys(document.records).length + 10; left > 0; left--) {
    const fix = checkDocument(document, library).find(
      (problem) => problem.fix && severities.includes(problem.severity),
    )?.fix
    if (!fix) break
    document = applyDiff(document, fix.diff)
  }
  return document
}

function problemsOf(context: CheckContext): Problem[] {
  const problems = RULES.flatMap((rule) => rule(context))
  return problems.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
}
