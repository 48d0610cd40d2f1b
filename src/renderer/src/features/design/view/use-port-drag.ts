// Drawing a connection from the port of a card to another node: the line while it is drawn, and where it may end.
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import type { Position } from '@shared/architecture/document'

export interface PortDrag {
  readonly from: string
  /** The loose end, on the canvas. */
  readonly end: Position
  /** The node under it. */
  readonly over: string | undefined
}

/**
 * @param toCanvas from client coordinates; undefined while there is no canvas.
 * @param nodeAt the node at a place of the canvas.
 * @param finish called with both ends when the line is let go over another node.
 */
export function usePortDrag(
  toCanvas: (client: Position) => Position | undefined,
  nodeAt: (at: Position) => string | undefined,
  finish: (from: string, to: string) => void,
): { readonly drag: Readonly<ShallowRef<PortDrag | null>>; start(from: string, event: PointerEvent): void } {
  const drag = shallowRef<PortDrag | null>(null)
  let stop = (): void => undefined

  function start(from: string, event: PointerEvent): void {
    const follow = ({ clientX: x, clientY: y }: { clientX: number; clientY: number }): void => {
      const end = toCanvas({ x, y })
      if (end) drag.value = { from, end, over: nodeAt(end) }
    }
    const end = (isTaken: boolean): void => {
      const over = drag.value?.over
      stop()
      if (isTaken && over !== undefined && over !== from) finish(from, over)
    }
    const up = (): void => end(true)
    const key = (pressed: KeyboardEvent): void => {
      if (pressed.key !== 'Escape') return
      pressed.stopPropagation()
      end(false)
    }
    window.addEventListener('pointermove', follow)
    window.addEventListener('pointerup', up)
    window.addEventListener('keydown', key, true)
    stop = () => {
      window.removeEventListener('pointermove', follow)
      window.removeEventListener('pointerup', up)
      window.removeEventListener('keydown', key, true)
      drag.value = null
      stop = () => undefined
    }
    follow(event)
  }
  onScopeDispose(() => stop())
  return { drag, start }
}
