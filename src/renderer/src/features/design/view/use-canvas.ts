// A canvas in a component: follows document, selection, theme and size, asks for layouts, and keeps what the cards need.
import { useResizeObserver, usePreferredReducedMotion } from '@vueuse/core'
import { computed, nextTick, onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { usePreferencesStore } from '@/stores/preferences.store'
import type { ArchitectureDocument, Position } from '@shared/architecture/document'
import type { Card } from '@shared/architecture/picture/cards'
import { createCanvas, type Canvas, type CanvasIntents, type Viewport } from './canvas-adapter'
import { NO_LAYOUT, drawnGraph, layoutKey, type DrawnGraph, type Layout } from '@shared/architecture/picture/graph'
import { LARGE } from '@shared/architecture/picture/elk-graph'
import { createLayouter } from './layout'
import { coloursAt } from './style'

/** Within the 120 to 160 ms that the look allows for a change of place. */
const MOVE_MS = 140

const NOTHING: DrawnGraph = { nodes: [], edges: [] }

export interface CanvasInputs {
  /** Names what is shown: another name is another picture, which is fitted anew. */
  readonly key: string
  readonly document: ArchitectureDocument
  readonly cards: ReadonlyMap<string, Card>
  readonly selection: ReadonlySet<string>
  readonly isReadOnly: boolean
}

export interface CanvasView {
  readonly canvas: Readonly<ShallowRef<Canvas | null>>
  readonly graph: Readonly<Ref<DrawnGraph>>
  /** Places as drawn right now, also while dragging. */
  readonly places: Readonly<ShallowRef<ReadonlyMap<string, Position>>>
  readonly viewport: Readonly<ShallowRef<Viewport>>
  /** Why there is no automatic layout, if it failed. */
  readonly layoutError: Readonly<ShallowRef<unknown>>
  /** The picture has its layout and its place in the view; before that it would only jump. */
  readonly isSettled: Readonly<Ref<boolean>>
  /** Everything in view, now and after the pane has changed its size. */
  fit(): void
}

export function useCanvas(
  element: Readonly<ShallowRef<HTMLElement | null>>,
  inputs: () => CanvasInputs,
  intents: CanvasIntents,
): CanvasView {
  const preferences = usePreferencesStore()
  const motion = usePreferredReducedMotion()
  const layouter = createLayouter()
  const canvas = shallowRef<Canvas | null>(null)
  const places = shallowRef<ReadonlyMap<string, Position>>(new Map())
  const viewport = shallowRef<Viewport>({ pan: { x: 0, y: 0 }, zoom: 1 })
  const layouts = shallowRef<ReadonlyMap<string, Layout>>(new Map())
  const layoutError = shallowRef<unknown>(null)
  /** Centre and zoom of pictures seen before: coming back to a tab keeps its view. */
  const views = new Map<string, { readonly centre: Position; readonly zoom: number }>()
  let shownKey: string | undefined
  const isFitPending = ref(true)
  /** Where fitting left the view, and how it was fitted: as long as it is there, the user has not moved it. */
  let fitted: { readonly at: Viewport; readonly how: 'home' | 'fit' } | undefined
  const isFitted = (): boolean => viewport.value === fitted?.at
  /** What each picture's layout was made for: coming back to a tab asks for none again. */
  const laidOut = new Map<string, string>()

  const structure = computed(() => layoutKey(inputs().document))
  const graph = computed(() => {
    const { document, cards, key } = inputs()
    // The last layout stands until the next one is there: a jump to nowhere and back would lose the eye.
    return drawnGraph(document, layouts.value.get(key) ?? NO_LAYOUT, cards)
  })

  async function requestLayout(): Promise<void> {
    const { key, document } = inputs()
    const asked = structure.value
    if (laidOut.get(key) === asked) return
    try {
      const layout = await layouter.layOut(document)
      if (layout === undefined || asked !== structure.value || key !== inputs().key) return
      layoutError.value = null
      laidOut.set(key, asked)
      layouts.value = new Map(layouts.value).set(key, layout)
      if (isFitPending.value) await nextTick(() => settle())
    } catch (error) {
      layoutError.value = error
      // Drawn and fitted where it stands: an unplaced picture is better than none.
      if (!isFitPending.value) return
      draw()
      settle()
    }
  }

  /** Shows the picture where it was left, else fitted; waits where there is no room yet. */
  function settle(): void {
    const view = canvas.value
    isFitPending.value = !view?.isSized()
    if (!view || isFitPending.value) return
    const before = views.get(inputs().key)
    if (before) {
      view.zoomBy(before.zoom / viewport.value.zoom)
      view.panTo(before.centre)
    } else fitBy(view, 'home')
  }
  function fitBy(view: Canvas, how: 'home' | 'fit'): void {
    view[how]()
    fitted = { at: viewport.value, how }
  }
  /** Everything in view; it stays so while the pane changes its size, until the user moves it. */
  function fit(): void {
    if (canvas.value) fitBy(canvas.value, 'fit')
  }

  /** A view that nobody has moved is fitted to the new size, any other keeps its middle. */
  function takeSize(): void {
    const view = canvas.value
    if (!view) return
    const middle = view.middle()
    const isKept = view.isSized() && !isFitPending.value
    const how = isFitted() ? fitted?.how : undefined
    view.resize()
    if (isFitPending.value) {
      if (layouts.value.has(inputs().key) || layoutError.value !== null) settle()
    } else if (isKept && view.isSized()) {
      if (how) fitBy(view, how)
      else view.panTo(middle)
    }
  }

  function draw(): void {
    const { key } = inputs()
    const isOther = key !== shownKey
    // One that waits for its layout stands anywhere: that is no place to come back to.
    if (isOther && shownKey !== undefined && canvas.value && !isFitPending.value) {
      if (isFitted()) views.delete(shownKey)
      else views.set(shownKey, { centre: canvas.value.middle(), zoom: viewport.value.zoom })
    }
    shownKey = key
    const isStill = isOther || isFitPending.value || motion.value === 'reduce' || graph.value.nodes.length > LARGE
    if (isOther) isFitPending.value = !layouts.value.has(key)
    // Unseen before its layout is there: a thousand lines drawn for nobody would be drawn again a moment later.
    const isAwaited = !layouts.value.has(key) && layoutError.value === null
    canvas.value?.draw(isAwaited ? NOTHING : graph.value, isStill ? 0 : MOVE_MS)
    if (isAwaited) return
    canvas.value?.select(inputs().selection)
    if (!isOther) return
    if (!isFitPending.value) settle()
  }

  onMounted(() => {
    if (!element.value) return
    canvas.value = createCanvas({
      container: element.value,
      intents,
      colours: coloursAt(element.value),
      onPlaces: (next) => (places.value = next),
      onViewport: (next) => (viewport.value = next),
    })
    canvas.value.setReadOnly(inputs().isReadOnly)
    draw()
    void requestLayout()
  })
  onBeforeUnmount(() => {
    canvas.value?.destroy()
    layouter.dispose()
  })

  watch(graph, draw, { flush: 'post' })
  watch([structure, () => inputs().key], () => void requestLayout())
  watch(
    () => inputs().selection,
    (selection) => canvas.value?.select(selection),
    { flush: 'post' },
  )
  watch(
    () => inputs().isReadOnly,
    (isReadOnly) => canvas.value?.setReadOnly(isReadOnly),
  )
  watch(
    () => preferences.isDark,
    // After the theme's attribute is on the document.
    () => void nextTick(() => element.value && canvas.value?.setColours(coloursAt(element.value))),
    { flush: 'post' },
  )
  // A view that was hidden when it was drawn has its size only then.
  useResizeObserver(element, takeSize)

  const isSettled = computed(() => !isFitPending.value)
  return { canvas, graph, places, viewport, layoutError, isSettled, fit }
}
