// Dialogs of what comes in from outside and of what leaves: a file that is looked at, an export that is proven, a design that is written.
// Several at once, because one whose work goes on stays behind the next.
import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'
import type { ArchitectureDocument } from '@shared/architecture/document'

export type ExchangeWish =
  /** A file of another program. */
  | { readonly kind: 'import'; readonly path: string }
  /** A network that was imported before. */
  | { readonly kind: 'imported'; readonly importId: number }
  /** Of an export. */
  | { readonly kind: 'prove'; readonly place: string }
  | { readonly kind: 'design'; readonly document: ArchitectureDocument; readonly name: string }
export type ExchangeDialog = ExchangeWish & { readonly id: number }

export const useExchangeStore = defineStore('exchange', () => {
  const byId = shallowReactive(new Map<number, ExchangeDialog>())
  let last = 0

  function open(wish: ExchangeWish): void {
    last += 1
    byId.set(last, { ...wish, id: last })
  }
  return { dialogs: computed(() => [...byId.values()]), open, close: (id: number): void => void byId.delete(id) }
})
