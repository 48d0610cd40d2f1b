// Undo and redo over diffs: the document being edited, steps begun by marks, three ways to record a change. After
// tldraw's HistoryManager (idea, not code). Knows nothing of edits; selection, zoom and training state never come here.
import { AppError } from '../../errors'
import type { DocumentDiff } from '../document/diff'
import { EMPTY_DIFF, applyDiff, isEmptyDiff, reverseDiff, squashDiffs } from '../document/diff'
import type { ArchitectureDocument } from '../document/records'

/**
 * `record`: a change of the user's; ends what could be redone. `keep-redo`: recorded, but redo stays (a value still being
 * dragged). `ignore`: not undoable (an automatic layout); it may only change fields of records, never add or remove any.
 */
export type RecordMode = 'record' | 'keep-redo' | 'ignore'

export interface HistoryStep {
  readonly mark: number
  /** What the step did, for the menu: "Delete 3 layers". */
  readonly label: string
  readonly diff: DocumentDiff
}

/** Plain JSON: a draft that is opened again can still be undone. */
export interface HistoryState {
  readonly document: ArchitectureDocument
  readonly undo: readonly HistoryStep[]
  readonly redo: readonly HistoryStep[]
  readonly nextMark: number
}

/** Steps kept; a thousand small diffs are a few megabytes at most (chosen by the authors). */
const DEFAULT_LIMIT = 1000

export class History {
  #document: ArchitectureDocument
  #undo: HistoryStep[] = []
  #redo: HistoryStep[] = []
  #nextMark = 1
  readonly #limit: number

  constructor(document: ArchitectureDocument, options: { readonly limit?: number } = {}) {
    this.#document = document
    this.#limit = options.limit ?? DEFAULT_LIMIT
  }

  /** A history as it was when `state()` was taken. */
  static restore(state: HistoryState, options: { readonly limit?: number } = {}): History {
    const history = new History(state.document, options)
    history.#undo = [...state.undo]
    history.#redo = [...state.redo]
    history.#nextMark = state.nextMark
    return history
  }

  state(): HistoryState {
    return { document: this.#document, undo: [...this.#undo], redo: [...this.#redo], nextMark: this.#nextMark }
  }

  get document(): ArchitectureDocument {
    return this.#document
  }

  /** Label of what `undo` would take back, or undefined when there is nothing. */
  get undoLabel(): string | undefined {
    for (let i = this.#undo.length - 1; i >= 0; i--) if (!isEmptyDiff(this.#undo[i]!.diff)) return this.#undo[i]!.label
    return undefined
  }

  get redoLabel(): string | undefined {
    return this.#redo.at(-1)?.label
  }

  /** Begins a step: what is applied from here on is undone together. Returns the mark for `squashToMark` and `bailToMark`. */
  mark(label: string): number {
    const mark = this.#nextMark++
    this.#undo.push({ mark, label, diff: EMPTY_DIFF })
    // Steps that stayed empty count too, or marks alone could grow without bound.
    if (this.#undo.length > this.#limit) this.#undo.shift()
    return mark
  }

  /**
   * Changes the document. Without a mark before it, a recorded change begins a step of its own without a label.
   * @throws AppError `conflict` when the diff does not fit; `invalid-input` for an ignored change that adds or removes.
   */
  apply(diff: DocumentDiff, mode: RecordMode = 'record'): void {
    if (mode === 'ignore' && !(isEmptyObject(diff.added) && isEmptyObject(diff.removed)))
      throw new AppError('invalid-input', 'A change that adds or removes records cannot be left out of the history.')
    if (isEmptyDiff(diff)) return
    this.#document = applyDiff(this.#document, diff)
    switch (mode) {
      case 'ignore':
        return
      case 'record':
        this.#redo = []
        break
      case 'keep-redo':
        break
    }
    if (this.#undo.length === 0) this.mark('')
    const step = this.#undo.pop()!
    this.#undo.push({ ...step, diff: squashDiffs([step.diff, diff]) })
  }

  /** Takes back the last step that did something; false when there is none. */
  undo(): boolean {
    this.#dropEmptySteps()
    const step = this.#undo.pop()
    if (!step) return false
    this.#document = applyDiff(this.#document, reverseDiff(step.diff))
    this.#redo.push(step)
    return true
  }

  /** Does again what was taken back last; false when there is nothing. */
  redo(): boolean {
    const step = this.#redo.pop()
    if (!step) return false
    this.#document = applyDiff(this.#document, step.diff)
    this.#dropEmptySteps()
    this.#undo.push(step)
    return true
  }

  /** Makes one step of everything since `mark`: a drag, a slider. @throws AppError `not-found` for a mark that is gone. */
  squashToMark(mark: number): void {
    const index = this.#indexOf(mark)
    const steps = this.#undo.splice(index)
    this.#undo.push({ ...steps[0]!, diff: squashDiffs(steps.map((step) => step.diff)) })
  }

  /** Takes back everything since `mark` for good, the mark included: Escape while dragging. @throws as `squashToMark`. */
  bailToMark(mark: number): void {
    const steps = this.#undo.splice(this.#indexOf(mark))
    this.#document = applyDiff(this.#document, reverseDiff(squashDiffs(steps.map((step) => step.diff))))
  }

  #indexOf(mark: number): number {
    const index = this.#undo.findIndex((step) => step.mark === mark)
    if (index >= 0) return index
    throw new AppError('not-found', `Mark ${mark} is not in the history: it was undone, squashed or is too old.`)
  }

  #dropEmptySteps(): void {
    for (let last = this.#undo.at(-1); last && isEmptyDiff(last.diff); last = this.#undo.at(-1)) this.#undo.pop()
  }
}

function isEmptyObject(value: object): boolean {
  return Object.keys(value).length === 0
}
