// What a canvas shows when: the drawing library and the layout worker are replaced, their timing is the test's.
import { mount } from '@vue/test-utils'
import type * as VueUse from '@vueuse/core'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, reactive, useTemplateRef } from 'vue'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { inspectDocument } from '@shared/architecture/checks'
import { graphOf, type ArchitectureDocument } from '@shared/architecture/document'
import { cardsOf } from '@shared/architecture/picture/cards'
import { newNetworkDocument, residualBlockDocument } from '../model/templates'
import type { CanvasOptions, Viewport } from './canvas-adapter'
import type { Layout } from '@shared/architecture/picture/graph'
import { useCanvas } from './use-canvas'

interface FakeCanvas {
  viewport: Viewport
  readonly calls: string[]
  /** Moves the view, as the user or the canvas does. */
  go(viewport: Viewport): void
}
const fake = vi.hoisted(() => ({
  canvas: null as FakeCanvas | null,
  size: { width: 800, height: 600 },
  answers: [] as ((failure?: Error) => void)[],
  isSettled: () => false as boolean,
  fit: () => undefined as void,
  resized: null as (() => void) | null,
}))

vi.mock('@vueuse/core', async (original) => ({
  ...(await original<typeof VueUse>()),
  useResizeObserver: (_element: unknown, callback: () => void) => void (fake.resized = callback),
}))

vi.mock('./canvas-adapter', () => ({
  createCanvas: ({ onViewport }: CanvasOptions) => {
    const go = (viewport: Viewport): void => {
      canvas.viewport = viewport
      onViewport(viewport)
    }
    const canvas: FakeCanvas = { viewport: { pan: { x: 0, y: 0 }, zoom: 1 }, calls: [], go }
    fake.canvas = canvas
    let size = { ...fake.size }
    const nothing = (): void => undefined
    return {
      draw: nothing,
      select: nothing,
      setReadOnly: nothing,
      setColours: nothing,
      destroy: nothing,
      resize: () => (size = { ...fake.size }),
      isSized: () => size.width > 0,
      home() {
        canvas.calls.push('home')
        go({ pan: { x: size.width / 2, y: 28 }, zoom: 0.9 })
      },
      fit() {
        canvas.calls.push('fit')
        go({ pan: { x: size.width / 2, y: size.height / 2 }, zoom: size.height / 1000 })
      },
      zoomBy: (factor: number) => go({ ...canvas.viewport, zoom: canvas.viewport.zoom * factor }),
      panTo({ x, y }: { x: number; y: number }) {
        const { zoom } = canvas.viewport
        canvas.calls.push('panTo')
        go({ pan: { x: size.width / 2 - x * zoom, y: size.height / 2 - y * zoom }, zoom })
      },
      middle() {
        const { pan, zoom } = canvas.viewport
        return { x: (size.width / 2 - pan.x) / zoom, y: (size.height / 2 - pan.y) / zoom }
      },
    }
  },
}))
vi.mock('./layout', () => ({
  LARGE: 120,
  createLayouter: () => ({
    layOut: (document: ArchitectureDocument) =>
      new Promise<Layout>((resolve, reject) => {
        fake.answers.push((failure) => {
          if (failure) reject(failure)
          const positions = new Map([...graphOf(document).nodes.keys()].map((id, i) => [id, { x: 0, y: 72 * i }]))
          resolve({ positions, bends: new Map() })
        })
      }),
    dispose: () => undefined,
  }),
}))

const pictures = { a: newNetworkDocument('a'), b: residualBlockDocument('b') }
const shown = reactive({ key: 'a' as keyof typeof pictures })
let unmount = (): void => undefined

async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) await nextTick()
}
async function answerLayouts(failure?: Error): Promise<void> {
  for (const answer of fake.answers.splice(0)) answer(failure)
  await settled()
}
async function open(key: keyof typeof pictures): Promise<void> {
  shown.key = key
  await settled()
}
async function resize(width: number, height: number): Promise<void> {
  fake.size = { width, height }
  fake.resized?.()
  await settled()
}

beforeEach(() => {
  setActivePinia(createPinia())
  Object.assign(fake, { canvas: null, size: { width: 800, height: 600 }, answers: [], resized: null })
  shown.key = 'a'
})
afterEach(() => unmount())

function start(): FakeCanvas {
  const wrapper = mount(
    defineComponent({
      setup() {
        const element = useTemplateRef<HTMLElement>('element')
        const { isSettled, fit } = useCanvas(
          element,
          () => {
            const document = pictures[shown.key]
            const inspection = inspectDocument(document, BUILT_IN_BLOCKS)
            return {
              key: shown.key,
              document,
              cards: cardsOf(document, inspection, BUILT_IN_BLOCKS),
              selection: new Set<string>(),
              isReadOnly: false,
            }
          },
          { select: () => undefined, move: () => undefined, open: () => undefined, quickAdd: () => undefined },
        )
        fake.isSettled = () => isSettled.value
        fake.fit = fit
        return () => h('div', { ref: 'element' })
      },
    }),
  )
  unmount = () => wrapper.unmount()
  return fake.canvas!
}

describe('the view of a picture', () => {
  it('is fitted once its layout is there', async () => {
    const canvas = start()
    expect(canvas.calls).toEqual([])
    expect(fake.isSettled()).toBe(false)
    await answerLayouts()
    expect(canvas.calls).toEqual(['home'])
    expect(fake.isSettled()).toBe(true)
    await open('b')
    expect(fake.isSettled()).toBe(false)
  })

  it('is fitted as it stands when its layout fails', async () => {
    const canvas = start()
    await answerLayouts(new Error('no worker'))
    expect(canvas.calls).toEqual(['home'])
    expect(fake.isSettled()).toBe(true)
  })

  it('that was left before its layout came is fitted on return: it has no place of its own yet', async () => {
    const canvas = start()
    await open('b')
    await answerLayouts()
    expect(canvas.calls).toEqual(['home'])
    await open('a')
    await answerLayouts()
    expect(canvas.calls).toEqual(['home', 'home'])
  })

  it('without a size is fitted when it gets one', async () => {
    fake.size = { width: 0, height: 0 }
    const canvas = start()
    await answerLayouts()
    expect(canvas.calls).toEqual([])
    await resize(640, 480)
    expect(canvas.calls).toEqual(['home'])
    expect(canvas.viewport.pan.x).toBe(320)
  })

  it('is fitted again when the pane changes its size before the user moved anything', async () => {
    const canvas = start()
    await answerLayouts()
    await resize(500, 600)
    expect(canvas.viewport.pan.x).toBe(250)
  })

  it('that was fitted whole stays whole when the pane changes its size, again and again', async () => {
    const canvas = start()
    await answerLayouts()
    fake.fit()
    for (const height of [300, 500]) {
      await resize(500, height)
      expect(canvas.viewport).toEqual({ pan: { x: 250, y: height / 2 }, zoom: height / 1000 })
    }
  })

  it('that has its layout asks for none when it is come back to', async () => {
    start()
    await answerLayouts()
    await open('b')
    await answerLayouts()
    await open('a')
    expect(fake.answers).toHaveLength(0)
    expect(fake.isSettled()).toBe(true)
  })

  it('that the user moved comes back as it was left, and keeps its middle when the pane changes its size', async () => {
    const canvas = start()
    await answerLayouts()
    canvas.go({ pan: { x: -100, y: -50 }, zoom: 1.5 })
    const middle = { x: (400 + 100) / 1.5, y: (300 + 50) / 1.5 }
    await open('b')
    await answerLayouts()
    await open('a')
    await answerLayouts()
    expect(canvas.viewport).toEqual({ pan: { x: -100, y: -50 }, zoom: 1.5 })
    await resize(500, 400)
    expect((250 - canvas.viewport.pan.x) / 1.5).toBeCloseTo(middle.x)
    expect((200 - canvas.viewport.pan.y) / 1.5).toBeCloseTo(middle.y)
  })
})
