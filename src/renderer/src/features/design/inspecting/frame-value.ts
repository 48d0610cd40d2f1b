// A value computed from reactive sources at most once a frame: what is shown beside a document while it is being typed or
// dragged. The first value is there at once; later ones with the next frame.
import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'

export function useFrameValue<S, V>(source: () => S, compute: (source: S) => V): Readonly<ShallowRef<V>> {
  const value = shallowRef(compute(source())) as ShallowRef<V>
  let frame: number | undefined
  watch(
    source,
    () => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined
        value.value = compute(source())
      })
    },
    { flush: 'sync' },
  )
  onScopeDispose(() => {
    if (frame !== undefined) cancelAnimationFrame(frame)
  })
  return value
}
