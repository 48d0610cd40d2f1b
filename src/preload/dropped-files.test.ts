// A drop on the window: accepted whenever it comes, read where it lies, and never lost to a page that is still starting.
import { expect, it, vi } from 'vitest'
import type { Dropped, HostOutcome } from '@shared/contract/window'
import { listenForDrops } from './dropped-files'

interface Drag {
  readonly types?: readonly string[]
  readonly files?: readonly { readonly at: string }[]
  readonly isTrusted?: boolean
}

const read = (place: string): Promise<HostOutcome<Dropped>> => Promise.resolve({ value: { path: place, text: null } })

function watched() {
  const heard: Record<string, (event: Event) => void> = {}
  const target = { addEventListener: (type: string, listener: (event: Event) => void) => (heard[type] = listener) }
  const onDropped = listenForDrops(
    target as unknown as EventTarget,
    (file) => (file as unknown as { at: string }).at,
    read,
  )
  /** @returns whether the page keeps from leaving for the file */
  const send = (type: 'dragover' | 'drop', { types = ['Files'], files = [], isTrusted = true }: Drag): boolean => {
    const preventDefault = vi.fn()
    heard[type]!({ dataTransfer: { types, files }, isTrusted, preventDefault } as unknown as Event)
    return preventDefault.mock.calls.length > 0
  }
  return { onDropped, send }
}

const paths = (outcomes: readonly HostOutcome<Dropped>[]): unknown[] =>
  outcomes.map((outcome) => ('value' in outcome ? outcome.value.path : outcome.failed.code))

it('accepts files, and leaves what is dragged inside the page to the page', () => {
  const { send } = watched()
  expect(send('dragover', {})).toBe(true)
  expect(send('drop', {})).toBe(true)
  expect(send('dragover', { types: ['text/plain'] })).toBe(false)
  expect(send('drop', { types: ['text/plain'] })).toBe(false)
})

it('keeps what was dropped before the page listens, in order, and tells it once', async () => {
  const { onDropped, send } = watched()
  for (const at of ['/a.onnx', '/b.onnx']) send('drop', { files: [{ at }] })
  await Promise.resolve()
  const [first, second]: HostOutcome<Dropped>[][] = [[], []]
  onDropped((dropped) => first!.push(dropped))
  onDropped((dropped) => second!.push(dropped))
  send('drop', { files: [{ at: '/c.onnx' }] })
  await Promise.resolve()
  expect(paths(first!)).toEqual(['/a.onnx', '/b.onnx', '/c.onnx'])
  expect(paths(second!)).toEqual(['/c.onnx'])
})

it('says of what lies in no folder that it lies in none, and believes no event of a script', async () => {
  const { onDropped, send } = watched()
  const told: HostOutcome<Dropped>[] = []
  const stop = onDropped((dropped) => told.push(dropped))
  send('drop', { files: [{ at: '' }] })
  send('drop', { files: [{ at: '/script.onnx' }], isTrusted: false })
  await Promise.resolve()
  expect(paths(told)).toEqual(['not-found'])
  stop()
})
