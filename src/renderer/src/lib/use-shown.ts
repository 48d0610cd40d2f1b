// Views stay alive behind the one on show (ViewStack.vue). Here a component learns whether its view is on show, loads afresh
// when it comes back, and rests meanwhile. Outside the stack (tests, the frame) everything counts as on show.
import {
  effectScope,
  getCurrentScope,
  inject,
  onMounted,
  onScopeDispose,
  readonly,
  ref,
  watch,
  type InjectionKey,
  type Ref,
} from 'vue'

/** Provided by each kept view. */
export const shownKey: InjectionKey<Readonly<Ref<boolean>>> = Symbol('shown')

/** Whether the view that the calling component belongs to is the one on show. */
export function useShown(): Readonly<Ref<boolean>> {
  return inject(shownKey, () => readonly(ref(true)), true)
}

/** Calls `load` once the component is mounted and again whenever its view comes back: what others changed meanwhile is seen. */
export function onShown(load: () => void): void {
  const isShown = useShown()
  onMounted(load)
  // In a scope of its own: a component that rests while it is hidden would never see that it was.
  const own = effectScope(true)
  own.run(() =>
    watch(isShown, (shown) => {
      if (shown) load()
    }),
  )
  onScopeDispose(() => own.stop())
}

/**
 * The calling component draws nothing and its watchers rest while its view is hidden; what changed meanwhile is drawn once
 * when the view comes back. For components that read what streams in: ten updates a second need not be drawn for nobody.
 */
export function useRestWhileHidden(): void {
  const scope = getCurrentScope()
  const isShown = useShown()
  // In a scope of its own: a watcher that rests could not wake the others.
  const own = effectScope(true)
  own.run(() => watch(isShown, (shown) => (shown ? scope?.resume() : scope?.pause()), { flush: 'sync' }))
  // One that is built behind a hidden view rests from when it is complete.
  onMounted(() => {
    if (!isShown.value) scope?.pause()
  })
  onScopeDispose(() => own.stop())
}
