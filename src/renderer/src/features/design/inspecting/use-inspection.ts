// What the document on show comes to, at most once a frame; of a heavy one when the worker has answered, the one before meanwhile.
import { shallowRef, watch, type ShallowRef } from 'vue'
import { latestOnly } from '@/lib/latest-only'
import type { BlockLibrary } from '@shared/architecture/block'
import type { ArchitectureDocument } from '@shared/architecture/document'
import { useFrameValue } from './frame-value'
import { inspectAway, inspectNow } from './inspector'
import type { DesignInspection } from './questions'

export interface Shown<D> {
  readonly design: D
  readonly document: ArchitectureDocument
}
export interface Inspected<D> extends Shown<D> {
  readonly inspection: DesignInspection
}

/** @param onError gets why a heavy document could not be inspected, and null with the next one that could. */
export function useInspection<D>(
  shown: () => Shown<D> | null,
  library: () => BlockLibrary,
  onError: (thrown: unknown) => void,
): { readonly inspected: Readonly<ShallowRef<Inspected<D> | null>>; readonly isBusy: Readonly<ShallowRef<boolean>> } {
  const inspected = shallowRef<Inspected<D> | null>(null)
  const isBusy = shallowRef(false)
  const latest = latestOnly(inspectAway)
  const framed = useFrameValue(
    () => ({ shown: shown(), library: library() }),
    (source) => source,
  )

  async function follow(source: (typeof framed)['value']): Promise<void> {
    const { shown: current, library: blocks } = source
    isBusy.value = false
    if (current === null) {
      inspected.value = null
      return
    }
    const now = inspectNow(current.document, blocks)
    if (now !== undefined) {
      inspected.value = { ...current, inspection: now }
      return
    }
    isBusy.value = true
    try {
      const inspection = await latest(current.document, blocks)
      if (inspection === undefined || framed.value !== source) return
      inspected.value = { ...current, inspection }
      onError(null)
    } catch (thrown) {
      if (framed.value === source) onError(thrown)
    }
    if (framed.value === source) isBusy.value = false
  }
  watch(framed, (source) => void follow(source), { immediate: true, flush: 'sync' })
  return { inspected, isBusy }
}
