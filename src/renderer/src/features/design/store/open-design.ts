// One open document: its history, what is selected, and what of it is stored. Selection and locks are never undone.
// Knows no engine and no view; edits come as functions from the document to a diff.
import {
  diffDocuments,
  graphOf,
  isEmptyDiff,
  metaOf,
  type ArchitectureDocument,
  type DocumentDiff,
  type MetaRecord,
} from '@shared/architecture/document'
import { History } from '@shared/architecture/history'
import { computed, shallowRef } from 'vue'
import { historyStepLabel, type HistoryStepName } from './steps'

export type Build = (document: ArchitectureDocument) => DocumentDiff
/** Applies one change inside a step. */
export type Apply = (build: Build) => DocumentDiff

export interface OpenDesignOptions {
  /** Names the tab. */
  readonly key: string
  readonly document: ArchitectureDocument
  /** Of the stored design; absent for one that was never saved. */
  readonly designId?: string
}

/** Under which unsaved work on a stored design is kept. */
export function draftKeyOf(designId: string): string {
  return `design-${designId}`
}

export class OpenDesign {
  readonly key: string
  readonly #history: History
  readonly #document
  readonly #selection = shallowRef<ReadonlySet<string>>(new Set())
  readonly #designId
  readonly #saved
  readonly #draft = shallowRef<ArchitectureDocument | null>(null)
  /** Steps that have the same key and follow one another are one step: typing into a field. */
  #mergeKey: string | undefined

  constructor({ key, document, designId }: OpenDesignOptions) {
    this.key = key
    this.#history = new History(document)
    this.#document = shallowRef(document)
    this.#designId = shallowRef(designId)
    this.#saved = shallowRef(designId === undefined ? null : document)
  }

  readonly #isDirty = computed(() => {
    const saved = this.#saved.value
    return saved === null || (saved !== this.document && !isEmptyDiff(diffDocuments(saved, this.document)))
  })

  get document(): ArchitectureDocument {
    return this.#document.value
  }
  get meta(): MetaRecord {
    return metaOf(this.document)
  }
  get designId(): string | undefined {
    return this.#designId.value
  }
  /** Under which unsaved work is kept: of the design once there is one, so that any later session finds it there. */
  get draftKey(): string {
    return this.designId === undefined ? this.key : draftKeyOf(this.designId)
  }
  /** True while something is not in the stored design; always for one that was never saved. */
  get isDirty(): boolean {
    return this.#isDirty.value
  }
  /** Unsaved work of an earlier session. The design is locked until it is taken or refused, so that neither is lost. */
  get draft(): ArchitectureDocument | null {
    return this.#draft.value
  }
  set draft(draft: ArchitectureDocument | null) {
    this.#draft.value = draft
  }
  /** Ids of nodes and connections, in the order of selecting. */
  get selection(): ReadonlySet<string> {
    return this.#selection.value
  }
  get selectedNodes(): readonly string[] {
    const { nodes } = graphOf(this.document)
    return [...this.selection].filter((id) => nodes.has(id))
  }
  get selectedEdges(): readonly string[] {
    return [...this.selection].filter((id) => this.document.records[id]?.type === 'edge')
  }
  /** The node that keys and the inspector are about: the one selected last. */
  get primary(): string | undefined {
    return this.selectedNodes.at(-1)
  }
  /** Label of what `undo` takes back, for `stepText`. */
  get undoLabel(): string | undefined {
    // Read for the dependency: the history itself is not reactive, and changes only together with the document.
    return this.#document.value && this.#history.undoLabel
  }
  get redoLabel(): string | undefined {
    return this.#document.value && this.#history.redoLabel
  }

  select(ids: Iterable<string>): void {
    const { records } = this.document
    const next = new Set([...ids].filter((id) => records[id] !== undefined))
    const before = this.#selection.value
    if (next.size === before.size && [...next].every((id) => before.has(id))) return
    this.#mergeKey = undefined
    this.#selection.value = next
  }

  /**
   * One undoable step of one or more changes; nothing of it stays when `run` throws.
   * @param count what the step's words count: nodes, mostly.
   * @param mergeKey joins this step to the one before it when that had the same key.
   */
  step(name: HistoryStepName, run: (apply: Apply) => void, count = 1, mergeKey?: string): void {
    const before = this.document
    const joins = mergeKey !== undefined && mergeKey === this.#mergeKey && this.#history.undoLabel !== undefined
    const mark = joins ? undefined : this.#history.mark(historyStepLabel(name, count))
    try {
      run((build) => {
        const diff = build(this.#history.document)
        this.#history.apply(diff)
        return diff
      })
    } catch (error) {
      if (mark !== undefined) this.#history.bailToMark(mark)
      throw error
    }
    if (this.#history.document === before) return
    this.#mergeKey = mergeKey
    this.#publish()
  }

  /** Takes back the last step; nodes that come back by it are selected. False when there is none. */
  undo(): boolean {
    return this.#travel(() => this.#history.undo())
  }

  /** As `undo`, forwards. */
  redo(): boolean {
    return this.#travel(() => this.#history.redo())
  }

  /** Ends a run of joined steps: a field lost the focus. */
  endTyping(): void {
    this.#mergeKey = undefined
  }

  /** `document` is now what design `designId` holds. */
  markSaved(designId: string, document: ArchitectureDocument): void {
    this.#designId.value = designId
    this.#saved.value = document
  }

  /** The stored design is gone; what is open stays and can be saved anew. */
  markUnsaved(): void {
    this.#designId.value = undefined
    this.#saved.value = null
  }

  #travel(step: () => boolean): boolean {
    this.#mergeKey = undefined
    const before = this.document
    if (!step()) return false
    this.#publish()
    const back = [...graphOf(this.document).nodes.keys()].filter((id) => before.records[id] === undefined)
    if (back.length > 0) this.select(back)
    return true
  }

  #publish(): void {
    this.#document.value = this.#history.document
    const { records } = this.document
    const selection = this.#selection.value
    if ([...selection].some((id) => records[id] === undefined))
      this.#selection.value = new Set([...selection].filter((id) => records[id] !== undefined))
  }
}
