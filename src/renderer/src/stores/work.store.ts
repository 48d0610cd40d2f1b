// Work that goes on behind a closed dialog: what it is, how it stands, and how it is looked at again. It stays listed until it was.
// What the work itself is belongs to its dialog (use-kept-dialog.ts).
import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'

export interface Work {
  readonly id: number
  /** What is done, as the title of its dialog says it. */
  readonly title: string
  readonly state: 'running' | 'done' | 'failed'
  /** Shows its dialog again. */
  readonly open: () => void
}

export const useWorkStore = defineStore('work', () => {
  const byId = shallowReactive(new Map<number, Work>())
  let last = 0

  return {
    /** In the order in which their dialogs were closed. */
    items: computed(() => [...byId.values()]),
    nextId: (): number => (last += 1),
    isKept: (id: number): boolean => byId.has(id),
    keep: (work: Work): void => void byId.set(work.id, work),
    forget: (id: number): void => void byId.delete(id),
  }
})
