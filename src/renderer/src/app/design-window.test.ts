// The editor beside the other views: trials, searches, the proposer, and the preview they show.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import KeySheet from './frame/KeySheet.vue'
import { useDroppedFiles } from './frame/use-dropped-files'
import { useFrameCommands } from './frame/use-frame-commands'
import { useDefinitionStore } from '@/stores/definition.store'
import { useCommandsStore } from '@/stores/commands.store'
import { useNoticesStore } from '@/stores/notices.store'
import { useExchangeStore } from '@/stores/exchange.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { testIds } from '@/lib/ids'
import { documentText, graphOf } from '@shared/architecture/document'
import type { Dropped, HostOutcome } from '@shared/contract/window'
import { AppError } from '@shared/errors'
import DesignView from '@/features/design/DesignView.vue'
import { designIds } from '@/features/design/ids'
import { sampleNetworkDocument } from '@/features/design/model/templates'
import NetworkPicture from '@/features/design/NetworkPicture.vue'
import { active, click, find, mounted, settle, start, stop } from '@/features/design/testing/driver'
import type * as Adapter from '@/features/design/view/canvas-adapter'

vi.mock('@/features/design/view/canvas-adapter', async (original) => {
  const actual = await original<typeof Adapter>()
  return {
    ...actual,
    createCanvas: (options: Adapter.CanvasOptions) => actual.createCanvas({ ...options, container: null }),
  }
})
vi.mock('@/features/design/view/layout', () => ({
  LARGE: 120,
  createLayouter: () => ({
    layOut: () => Promise.resolve({ positions: new Map(), bends: new Map() }),
    dispose: () => undefined,
  }),
}))

afterEach(stop)

const drop = (dropped: HostOutcome<Dropped>): void => mounted.host.drop(dropped)

describe('the key sheet', () => {
  it('lists every action of the editor once, with all its keys', async () => {
    await start({}, { render: () => [h(DesignView), h(KeySheet)] })
    useCommandsStore().isKeySheetOpen = true
    await settle()
    const entries = [...document.querySelectorAll(`[data-testid="${testIds.keySheet}"] .entry`)]
    expect(entries.map(({ textContent }) => textContent)).toContain('RedoCtrl+Shift+ZorCtrl+Y')
    const names = entries.map((entry) => entry.querySelector('dt')?.textContent)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('keys', () => {
  const press = (key: string): void => {
    const event = new KeyboardEvent('keydown', { key, code: key, bubbles: true, cancelable: true })
    ;(document.activeElement ?? document.body).dispatchEvent(event)
  }
  const WithKeys = defineComponent(() => {
    useFrameCommands()
    return () => h(DesignView)
  })

  it('that delete mean the selection only while the drawing, the outline or nothing has the focus', async () => {
    await start({}, WithKeys)
    await click(designIds.openSample)
    await click(designIds.outlineItem('block-2'))
    const records = (): number => Object.keys(active().document.records).length
    const before = records()
    for (const id of [designIds.save, designIds.menu, designIds.paletteItem('block:common-conv'), designIds.tab('x')]) {
      const found = document.querySelector<HTMLElement>(`[data-testid^="${id}"]`)
      found?.focus()
      press('Delete')
      press('Backspace')
    }
    await settle()
    expect(records()).toBe(before)
    find(designIds.outlineItem('block-2')).element.focus()
    press('Delete')
    await settle()
    expect(records()).toBeLessThan(before)
  })

  it('F6 and Shift+F6 go through the panes of the view, round and round', async () => {
    await start({}, WithKeys)
    await click(designIds.openSample)
    const here = (): string =>
      document.activeElement?.closest('[data-pane]')?.getAttribute('aria-label') ??
      String(document.activeElement?.tagName)
    const visited = Array.from({ length: 6 }, () => {
      press('F6')
      return here()
    })
    expect(visited).toEqual(['Palette', 'Outline', 'Canvas', 'Cost and problems', 'Inspector', 'Palette'])
    const event = new KeyboardEvent('keydown', { key: 'F6', code: 'F6', shiftKey: true, bubbles: true })
    document.activeElement?.dispatchEvent(event)
    expect(here()).toBe('Inspector')
  })
})

describe('with the rest of the workbench', () => {
  it('opens the network of a trial as a new design', async () => {
    await start({ trialDocument: sampleNetworkDocument('found') })
    useNavigationStore().openInEditor({ trialId: 103, name: 'Trial 3' })
    await settle()
    expect(active().meta).toMatchObject({ name: 'Trial 3', kind: 'network' })
  })

  it('opens what is dropped on it: a file with a design, or the folder of an export', async () => {
    const Dropping = defineComponent({ setup: () => useDroppedFiles(), render: () => h(DesignView) })
    await start({}, { render: () => [h(Dropping)] })
    drop({ value: { path: '/a.gptnas.json', text: documentText(sampleNetworkDocument('dropped')) } })
    await settle()
    expect(active().meta.name).toBe('dropped')
    const metadata = { format: 'tfjs', architecture: sampleNetworkDocument('exported'), files: [] }
    drop({ value: { path: '/run-1', text: JSON.stringify(metadata) } })
    await settle()
    expect(active().meta.name).toBe('exported')
    drop({ value: { path: '/net.onnx', text: null } })
    expect(useExchangeStore().dialogs).toMatchObject([{ kind: 'import', path: '/net.onnx' }])
    const fix = 'Name an ordinary file.'
    drop({ failed: { code: 'invalid-input', message: '/pipe.json is a pipe: a design was expected.', fix } })
    await settle()
    expect(useNoticesStore().failures[0]?.error).toMatchObject({
      message: expect.stringContaining('a pipe') as string,
      fix,
    })
  })

  it('seeds a search with a stored chain, and says why another network cannot', async () => {
    await start()
    await click(designIds.openSample)
    expect(find(designIds.seedSearch).exists()).toBe(false)
    await click(designIds.save)
    useDefinitionStore().page = 'runs'
    await click(designIds.seedSearch)
    expect(useDefinitionStore().value('seedDesigns')).toEqual(['d1'])
    expect(useNavigationStore().view).toBe('search')
    expect(useDefinitionStore().page).toBe('definition')
    useNavigationStore().open('design')
    await click(designIds.newTab)
    await click(designIds.newNetwork)
    expect(find(designIds.searchable).text()).toContain('it has no blocks')
  })

  it('shows what the proposer would put next, and puts it there', async () => {
    const suggestions = [
      { block: 'resnet-bottleneck', probability: 0.6 },
      { block: 'common-conv', probability: 0.2 },
    ]
    await start({ changes: { suggestions } })
    await click(designIds.openSample)
    await click(designIds.outlineItem('block-2'))
    await click(designIds.suggest)
    expect(find(`${designIds.suggest}-0`).text()).toContain('60.0 %')
    const asked = mounted.engine.calls.find(({ path }) => path === 'proposer.suggest')
    expect(asked?.input).toMatchObject({ position: 2, stemWidth: 16 })
    await click(`${designIds.suggest}-0`)
    const added = graphOf(active().document).outgoing('block-2')[0]?.to ?? ''
    expect(active().document.records[added]).toMatchObject({ block: 'resnet-bottleneck', parameters: { width: 16 } })
  })

  it('shows why the proposer has none', async () => {
    await start()
    await click(designIds.newBlock)
    mounted.engine.state.failures.set(
      'proposer.suggest',
      new AppError('runtime-missing', 'No checkpoint.', 'Train one.'),
    )
    await click(designIds.newTab)
    await click(designIds.openSample)
    await click(designIds.suggest)
    expect(mounted.wrapper.text()).toContain('No checkpoint.')
  })
})

describe('the preview', () => {
  it('draws a document that crossed the contract, and says what is wrong with one that is none', async () => {
    const document = JSON.parse(documentText(sampleNetworkDocument('net'))) as unknown
    await start({ props: { document, marked: new Set(['block-3']) } }, NetworkPicture)
    expect(mounted.wrapper.findAll('.slot')).toHaveLength(18)
    expect(find(designIds.node('block-3')).classes()).toContain('isMarked')
    stop()
    await start({ props: { document: { format: 'other' } } }, NetworkPicture)
    expect(mounted.wrapper.text()).toContain('cannot be drawn')
  })
})
