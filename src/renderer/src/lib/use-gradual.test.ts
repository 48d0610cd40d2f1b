import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useGradual } from './use-gradual'

const frames: (() => void)[] = []
let scope: EffectScope
beforeEach(() => {
  frames.length = 0
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => frames.push(act))
  vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.splice(id - 1, 1))
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
})

const list = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)
async function aFrame(): Promise<void> {
  for (const act of frames.splice(0)) act()
  await nextTick()
}

test('a long list comes a hundred a frame, whole and in order in the end', async () => {
  const items = ref(list(250))
  const shown = scope.run(() =>
    useGradual(
      () => items.value,
      () => 'a',
    ),
  )!
  expect(shown.value).toEqual(list(100))
  await aFrame()
  expect(shown.value).toHaveLength(200)
  await aFrame()
  expect(shown.value).toEqual(list(250))
  expect(frames).toEqual([])
})

test('a list that grows is followed, another list begins anew, a short one is whole at once', async () => {
  const [items, key] = [ref(list(60)), ref('a')]
  const shown = scope.run(() =>
    useGradual(
      () => items.value,
      () => key.value,
    ),
  )!
  expect(shown.value).toHaveLength(60)
  items.value = list(180)
  await nextTick()
  expect(shown.value).toHaveLength(100)
  await aFrame()
  expect(shown.value).toHaveLength(180)
  key.value = 'b'
  expect(shown.value).toHaveLength(100)
  await nextTick()
  await aFrame()
  expect(shown.value).toHaveLength(180)
})

test('nothing is asked for once its owner is gone', () => {
  scope.run(() =>
    useGradual(
      () => list(500),
      () => 'a',
    ),
  )
  expect(frames).toHaveLength(1)
  scope.stop()
  expect(frames).toHaveLength(0)
})
