// The editor as a user meets it, on the window's fake engine: the canvas is the real adapter without pixels.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { useNoticesStore } from '@/stores/notices.store'
import { sampleReadOnlyStatus } from '@/testing/samples'
import { documentText, graphOf, type LayerRecord } from '@shared/architecture/document'
import { AppError } from '@shared/errors'
import { designIds } from './ids'
import { newBlockDocument, newNetworkDocument, sampleNetworkDocument } from './model/templates'
import { rename } from './store/edit-commands'
import { useEditorStore } from './store/editor.store'
import { store, storedDesigns } from './testing/design-engine'
import { active, click, command, find, layerNames, mounted, settle, start, stop } from './testing/driver'
import type * as Adapter from './view/canvas-adapter'

vi.mock('./view/canvas-adapter', async (original) => {
  const actual = await original<typeof Adapter>()
  return {
    ...actual,
    createCanvas: (options: Adapter.CanvasOptions) => actual.createCanvas({ ...options, container: null }),
  }
})
vi.mock('./view/layout', () => ({
  LARGE: 120,
  createLayouter: () => ({
    layOut: () => Promise.resolve({ positions: new Map(), bends: new Map() }),
    dispose: () => undefined,
  }),
}))

afterEach(stop)

describe('the start page', () => {
  it('begins a block, and shows what the workspace holds', async () => {
    const stored = storedDesigns()
    store(stored, sampleNetworkDocument('kept'))
    await start({ stored })
    expect(find(designIds.stored('kept')).exists()).toBe(true)
    await click(designIds.newBlock)
    expect(layerNames()).toEqual(['Input', 'Convolution', 'Batch normalisation', 'ReLU', 'Output'])
    expect(find(designIds.nodeCount).text()).toBe('3 layers and blocks')
    expect(find(designIds.problems).text()).toContain('No problems')
  })

  it('says why designs cannot be listed, and lists them once they can', async () => {
    const stored = storedDesigns()
    stored.failures.set('list', new AppError('storage-failed', 'The disk is full.', 'Free some space.'))
    await start({ stored })
    expect(mounted.wrapper.text()).toContain('The disk is full.')
    stored.failures.clear()
    store(stored, newBlockDocument('found'))
    await mounted.wrapper.find('.ui-error button').trigger('click')
    await settle()
    expect(find(designIds.stored('found')).exists()).toBe(true)
  })

  it('opens files, and refuses damaged ones with the reason', async () => {
    await start()
    mounted.host.openTextFile = () => Promise.resolve({ path: 'a', text: documentText(newBlockDocument('from-file')) })
    command('importFile')
    await settle()
    expect(active().meta.name).toBe('from-file')
    mounted.host.openTextFile = () => Promise.resolve({ path: 'b', text: '{ "format": "gptnas-architecture/99" }' })
    command('importFile')
    await settle()
    expect(useNoticesStore().failures[0]?.error.code).toBe('invalid-architecture')
    expect(useEditorStore().tabs).toHaveLength(1)
  })
})

describe('editing', () => {
  it('adds behind the selection from the palette, and takes it back and forth', async () => {
    await start()
    await click(designIds.newBlock)
    await click(designIds.outlineItem('conv2d-1'))
    await find(designIds.paletteFilter).setValue('dropout')
    await click(designIds.paletteItem('layer:dropout'))
    expect(layerNames()).toEqual(['Input', 'Convolution', 'Dropout', 'Batch normalisation', 'ReLU', 'Output'])
    expect(find(designIds.outlineItem('dropout-1')).attributes('aria-selected')).toBe('true')
    await click(designIds.undo)
    expect(layerNames()).toHaveLength(5)
    await click(designIds.redo)
    expect(layerNames()).toHaveLength(6)
    await find(designIds.paletteFilter).trigger('keydown', { key: 'Escape' })
    expect((find(designIds.paletteFilter).element as HTMLInputElement).value).toBe('')
  })

  it('changes parameters as they are typed, says what is wrong, and counts typing as one step', async () => {
    await start()
    await click(designIds.newNetwork)
    await click(designIds.outlineItem('stem-1'))
    const field = find(designIds.field('channels'))
    for (const value of ['2', '24']) await field.setValue(value)
    await settle()
    expect((active().document.records['stem-1'] as LayerRecord).parameters.channels).toBe(24)
    expect(find(designIds.node('stem-1')).text()).toContain('32x32x24')
    await field.setValue('0')
    await settle()
    expect(find(designIds.inspector).text()).toContain('whole number')
    expect(find(designIds.outlineItem('stem-1')).attributes('aria-label')).toContain('1 error')
    command('undo')
    await settle()
    expect((active().document.records['stem-1'] as LayerRecord).parameters.channels).toBe(16)
  })

  it('repairs a problem with one click, as a step that can be taken back', async () => {
    await start()
    await click(designIds.newNetwork)
    active().select(['head-2'])
    command('heal')
    await settle()
    const before = active().document
    expect(find(designIds.problem(0)).exists()).toBe(true)
    expect(find(designIds.figure('parameters')).text()).toBe('–')
    await click(designIds.fix(0))
    expect(find(designIds.figure('parameters')).text()).not.toBe('–')
    await click(designIds.undo)
    expect(active().document).toEqual(before)
  })

  it('connects with the keyboard alone', async () => {
    await start()
    await click(designIds.newBlock)
    await click(designIds.outlineItem('relu-1'))
    await find(designIds.paletteFilter).setValue('add')
    await find(designIds.paletteFilter).trigger('keydown', { key: 'Enter' })
    await settle()
    find(designIds.outlineItem('add-1')).element.focus()
    await find(designIds.outline).trigger('keydown', { key: 'Home' })
    await settle()
    command('connect')
    for (const key of ['End', 'ArrowUp', 'Enter']) await find(designIds.outline).trigger('keydown', { key })
    await settle()
    expect(
      graphOf(active().document)
        .incoming('add-1')
        .map(({ from }) => from),
    ).toEqual(['relu-1', 'input'])
    expect(useEditorStore().connectFrom).toBeNull()
    expect(useEditorStore().announcement.text).toBe('connect')
  })

  it('refuses a circle in words and changes nothing', async () => {
    await start()
    await click(designIds.newBlock)
    const before = active().document
    active().select(['relu-1'])
    find(designIds.outlineItem('relu-1')).element.focus()
    command('connect')
    active().select(['conv2d-1'])
    await find(designIds.outline).trigger('keydown', { key: 'Enter' })
    await settle()
    expect(active().document).toBe(before)
    expect(useNoticesStore().toasts[0]?.text).toContain('circle')
  })

  it('quick add finds, adds and wires', async () => {
    await start()
    await click(designIds.newBlock)
    await click(designIds.outlineItem('relu-1'))
    find(designIds.canvas).element.focus()
    command('quickAdd')
    await settle()
    const input = find(designIds.quickAdd).find('input')
    await input.setValue('max pool')
    await input.trigger('keydown', { key: 'Enter' })
    await settle()
    expect(layerNames().at(-2)).toBe('Max pooling')
    expect(find(designIds.quickAdd).exists()).toBe(false)
  })

  it('copies and pastes through the clipboard, into another design too', async () => {
    await start()
    await click(designIds.newBlock)
    active().select(['conv2d-1', 'relu-1'])
    const data = new Map<string, string>()
    const clipboardData = {
      setData: (type: string, text: string) => data.set(type, text),
      getData: (type: string) => data.get(type) ?? '',
    }
    const raise = (name: string): boolean =>
      document.dispatchEvent(Object.assign(new Event(name, { cancelable: true }), { clipboardData }))
    raise('copy')
    expect(data.get('text/plain')).toContain('gptnas-clipboard/1')
    await click(designIds.newTab)
    await click(designIds.newNetwork)
    raise('paste')
    await settle()
    expect(active().meta.kind).toBe('network')
    expect(active().selectedNodes).toHaveLength(2)
    data.set('text/plain', '{"format":"gptnas-clipboard/1","nodes":7}')
    raise('paste')
    expect(useNoticesStore().toasts.at(-1)?.text).toContain('clipboard')
  })

  it('makes blocks of selections under names that are free, and takes one apart again', async () => {
    await start()
    await click(designIds.openSample)
    const before = active().document
    for (const ids of [
      ['block-1', 'block-2'],
      ['block-5', 'block-6'],
    ]) {
      active().select(ids)
      command('group')
      await settle()
    }
    expect([...graphOf(active().document).definitions.keys()]).toEqual(['my-block', 'my-block-2'])
    expect(active().selectedNodes).toEqual(['my-block-2-1'])
    expect(find(designIds.problems).text()).toContain('No problems')
    command('ungroup')
    await settle()
    expect([...graphOf(active().document).definitions.keys()]).toEqual(['my-block'])
    for (let i = 0; i < 3; i++) command('undo')
    expect(active().document).toEqual(before)
  })

  it('takes several blocks apart at once', async () => {
    await start()
    await click(designIds.openSample)
    for (const ids of [
      ['block-1', 'block-2'],
      ['block-5', 'block-6'],
    ]) {
      active().select(ids)
      command('group')
    }
    await settle()
    const definitions = (): number => graphOf(active().document).definitions.size
    expect(definitions()).toBe(2)
    active().select(['my-block-1', 'my-block-2-1'])
    command('ungroup')
    await settle()
    expect(definitions()).toBe(0)
    command('undo')
    expect(definitions()).toBe(2)
  })

  it('goes back to the held number where a field is left empty', async () => {
    await start()
    await click(designIds.newBlock)
    await click(designIds.outlineItem('conv2d-1'))
    const field = (): HTMLInputElement =>
      mounted.wrapper.find<HTMLInputElement>(`[data-testid="${designIds.field('kernel')}"] input`).element
    const held = field().value
    expect(held).not.toBe('')
    field().value = ''
    field().dispatchEvent(new Event('input'))
    field().dispatchEvent(new Event('blur'))
    expect(field().value).toBe(held)
  })

  it('looks inside a block without editing, and comes back', async () => {
    await start()
    await click(designIds.openSample)
    await find(designIds.outlineItem('block-1')).trigger('dblclick')
    await settle()
    expect(mounted.wrapper.find('.crumbs').text()).toContain('ResNet basic block')
    expect(mounted.wrapper.findAll('.slot .title').map((title) => title.text())).toContain('Add')
    expect(mounted.wrapper.find('.port').exists()).toBe(false)
    await find(designIds.canvas).trigger('keydown', { key: 'Escape' })
    await settle()
    expect(mounted.wrapper.find('.crumbs').exists()).toBe(false)
  })
})

describe('saving', () => {
  it('stores a block, says that it joined the space, and offers it in other designs', async () => {
    await start()
    await click(designIds.newBlock)
    await find(designIds.name).setValue('my-own')
    expect(find(designIds.searchable).text()).toContain('Save it')
    await click(designIds.save)
    expect([...mounted.stored.designs.values()][0]?.design.name).toBe('my-own')
    expect(find(designIds.saveState).text()).toBe('Saved')
    expect(find(designIds.searchable).text()).toContain('In the search space')
    expect(find(designIds.paletteItem('block:my-own')).exists()).toBe(false)
    await click(designIds.newTab)
    await click(designIds.newNetwork)
    await click(designIds.paletteItem('block:my-own'))
    expect(active().document.records['definition.my-own']?.type).toBe('definition')
  })

  it('keeps everything when the engine refuses', async () => {
    const stored = storedDesigns()
    stored.failures.set('save', new AppError('conflict', 'A block named "my-block" exists already.', 'Choose another.'))
    await start({ stored })
    await click(designIds.newBlock)
    await click(designIds.save)
    expect(useNoticesStore().failures[0]?.error.message).toContain('exists already')
    expect(active().isDirty).toBe(true)
    expect(find(designIds.saveState).text()).toBe('Draft kept')
  })

  it('says a refused save over the editor, with the reason and the way out, until it succeeds', async () => {
    const stored = storedDesigns()
    stored.failures.set('save', new AppError('conflict', 'A block named "my-block" exists already.', 'Choose another.'))
    await start({ stored })
    await click(designIds.newBlock)
    await click(designIds.save)
    const panel = (): string => mounted.wrapper.find('[role="alert"]').text()
    expect(panel()).toContain('A block named "my-block" exists already.')
    expect(panel()).toContain('Choose another.')
    expect(useNoticesStore().toasts).toEqual([])
    stored.failures.clear()
    const retry = mounted.wrapper.findAll('[role="alert"] button').find((button) => button.text() === 'Try again')
    await retry?.trigger('click')
    await settle()
    expect(mounted.wrapper.find('[role="alert"]').exists()).toBe(false)
    expect(find(designIds.saveState).text()).toBe('Saved')
  })

  it('says why a name is none, and offers the nearest that is one', async () => {
    await start()
    await click(designIds.newBlock)
    await find(designIds.name).setValue('Größe!')
    await find(designIds.name).trigger('blur')
    expect((find(designIds.name).element as HTMLInputElement).value).toBe('Größe!')
    expect(mounted.wrapper.find('#design-name-problem').text()).toContain('lower-case letters')
    await click(designIds.suggestedName)
    expect(active().meta.name).toBe('grosse')
    expect(mounted.wrapper.find('#design-name-problem').exists()).toBe(false)
  })

  it('keeps a draft of what is not saved, and opens it again after a restart', async () => {
    await start()
    await click(designIds.newBlock)
    rename(active(), 'half-done')
    await vi.waitFor(() => expect(mounted.stored.drafts.size).toBe(1), { timeout: 5000 })
    const { stored } = mounted
    stop()
    await start({ stored, keepsStorage: true })
    expect(active().meta.name).toBe('half-done')
    await click(designIds.save)
    expect(stored.drafts.size).toBe(0)
  })

  it('finds unsaved changes again of a design that was new when it was saved', async () => {
    await start()
    await click(designIds.newBlock)
    await click(designIds.save)
    rename(active(), 'after-saving')
    await vi.waitFor(() => expect([...mounted.stored.drafts.keys()]).toEqual(['design-d1']), { timeout: 5000 })
    const { stored } = mounted
    stop()
    await start({ stored, keepsStorage: true })
    expect(active().meta.name).toBe('my-block')
    await click(designIds.restoreDraft)
    expect(active().meta.name).toBe('after-saving')
  })

  it('offers unsaved changes of a stored design instead of applying them, and locks it until then', async () => {
    const stored = storedDesigns()
    const document = newNetworkDocument('net')
    store(stored, document, 'd7')
    stored.drafts.set('design-d7', sampleNetworkDocument('net'))
    await start({ stored })
    await click(designIds.stored('net'))
    expect(active().document.records['block-1']).toBeUndefined()
    expect(useEditorStore().isLocked).toBe(true)
    await click(designIds.restoreDraft)
    expect(active().document).toEqual(sampleNetworkDocument('net'))
    await click(designIds.undo)
    expect(active().document).toEqual(document)
  })

  it('changes nothing in a workspace that another program holds', async () => {
    const stored = storedDesigns()
    store(stored, sampleNetworkDocument('net'))
    await start({ stored, changes: { status: sampleReadOnlyStatus() } })
    await click(designIds.stored('net'))
    expect(find(designIds.saveState).text()).toBe('Read-only')
    expect(find(designIds.name).attributes('disabled')).toBeDefined()
    active().select(['block-2'])
    command('remove')
    await click(designIds.paletteItem('layer:relu'))
    expect(active().undoLabel).toBeUndefined()
  })
})
