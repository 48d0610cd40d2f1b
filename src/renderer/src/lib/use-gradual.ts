// Long lists a part a frame: what fills the pane at once, the rest in the frames behind it, so that no single task holds the
// page. For lists that must be whole in the document (find in page, screen readers); others show what is in view alone.
import { computed, onScopeDispose, ref, watch, type ComputedRef } from 'vue'

/** More rows than a pane shows at any height of a screen. */
const A_FRAME = 100

/**
 * @param key another key is another list: it begins anew
 * @returns the items that are due, all of them in the end
 */
export function useGradual<T>(items: () => readonly T[], key: () => unknown): ComputedRef<readonly T[]> {
  const due = ref(A_FRAME)
  let frame: number | undefined
  const grow = (): void => {
    if (frame !== undefined || due.value >= items().length) return
    frame = requestAnimationFrame(() => {
      frame = undefined
      due.value += A_FRAME
      grow()
    })
  }
  watch(key, () => (due.value = A_FRAME), { flush: 'sync' })
  watch(() => [items().length, due.value], grow, { immediate: true })
  onScopeDispose(() => {
    if (frame !== undefined) cancelAnimationFrame(frame)
  })
  return computed(() => (items().length <= due.value ? items() : items().slice(0, due.value)))
}
