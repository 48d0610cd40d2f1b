// What a check says: a problem with its place, reason and, where one is safe, a repair as a diff.
import type { DocumentDiff } from '../document/diff'
import type { ElaborationProblemCode } from '../elaboration'

/** `error`: cannot be trained. `warning`: can, but is hardly meant. `hint`: worth a look. */
export type Severity = 'error' | 'warning' | 'hint'

/** What stands in the way of spelling a document out, and what is wrong or unwise beside that. */
export type ProblemCode =
  | ElaborationProblemCode
  | 'no-input'
  | 'output-shape'
  | 'duplicate-slot'
  | 'dangling-node'
  | 'dead-branch'
  | 'block-output'
  | 'softmax-output'
  | 'missing-normalisation'
  | 'receptive-field'
  | 'outdated-definition'
  | 'unused-definition'

export interface Fix {
  /** What it does, as on a button: "Insert a flatten layer". */
  readonly title: string
  /** For the document that was checked; check again before applying another one. */
  readonly diff: DocumentDiff
}

export interface Problem {
  readonly code: ProblemCode
  readonly severity: Severity
  readonly nodeId?: string
  readonly edgeId?: string
  /** A whole sentence: what was expected, what is there. */
  readonly message: string
  readonly fix?: Fix
}
