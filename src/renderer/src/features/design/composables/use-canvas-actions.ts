// What only the canvas on show can do, within reach of every part of the editor: the view provides the place, the canvas
// serves it while it is there, and outline, inspector, problems and commands ask it.
import { inject, onScopeDispose, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue'

export interface CanvasActions {
  fit(): void
  zoomBy(factor: number): void
  quickAdd(): void
  suggest(): void
  /** Goes into a block; a layer has nothing inside and is inspected instead. */
  openExpansion(nodeId: string): void
  /** In view, without changing the zoom. */
  reveal(nodeId: string): void
  focus(): void
}

const canvasKey: InjectionKey<ShallowRef<CanvasActions | null>> = Symbol('canvas')

const actionsOf = (canvas: Readonly<ShallowRef<CanvasActions | null>>): CanvasActions => ({
  fit: () => canvas.value?.fit(),
  zoomBy: (factor) => canvas.value?.zoomBy(factor),
  quickAdd: () => canvas.value?.quickAdd(),
  suggest: () => canvas.value?.suggest(),
  openExpansion: (nodeId) => canvas.value?.openExpansion(nodeId),
  reveal: (nodeId) => canvas.value?.reveal(nodeId),
  focus: () => canvas.value?.focus(),
})

/** For the view around all of them. @returns the actions; without a canvas on show they do nothing. */
export function provideCanvasActions(): CanvasActions {
  const canvas = shallowRef<CanvasActions | null>(null)
  provide(canvasKey, canvas)
  return actionsOf(canvas)
}

/** For the component that shows the canvas, as long as it lives. */
export function serveCanvasActions(actions: CanvasActions): void {
  const canvas = inject(canvasKey, null)
  if (canvas === null) return
  canvas.value = actions
  onScopeDispose(() => {
    if (canvas.value === actions) canvas.value = null
  })
}

export function useCanvasActions(): CanvasActions {
  return actionsOf(inject(canvasKey, () => shallowRef(null), true))
}
