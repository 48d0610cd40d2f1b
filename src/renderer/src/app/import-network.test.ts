// A network of another program, from the palette to the editor, an export and a training; and what goes on when its dialog is closed.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleExport, sampleImport, sampleNetworkImport, sampleReadOnlyStatus } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import { designIds } from '@/features/design/ids'
import { chooseById, clickById, eventually, findById } from '@/testing/until'
import { useExchangeStore, type ExchangeWish } from '@/stores/exchange.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { AppError } from '@shared/errors'
import App from './App.vue'

vi.mock('vue-echarts', () => ({ default: { render: () => null } }))

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

const PATH = '/home/ada/mobile.onnx'
async function open(wish: ExchangeWish, id: string, engine: Parameters<typeof mountWithEngine>[1] = {}) {
  mounted = mountWithEngine(App, engine)
  await findById(testIds.view('search'))
  useExchangeStore().open(wish)
  return findById(id)
}
const look = (engine: Parameters<typeof mountWithEngine>[1] = {}): Promise<HTMLElement> =>
  open({ kind: 'import', path: PATH }, testIds.importNetworkDialog, engine)
const shown = (id: string): HTMLElement | null => document.querySelector(`[data-testid="${id}"]`)
const escape = (dialog: HTMLElement): boolean =>
  dialog.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
const inputOf = (path: string): unknown => mounted.engine.calls.find((call) => call.path === path)?.input
const isDisabled = async (id: string): Promise<boolean> => ((await findById(id)) as HTMLButtonElement).disabled

describe('the dialog of an import', () => {
  it('tells what was read, every operator that is no layer here with its place, and opens the rest', async () => {
    const dialog = await look()
    await eventually(() => expect(dialog.textContent).toContain('Written by pytorch 2.14'))
    expect(inputOf('imports.preview')).toEqual({ path: PATH })
    expect(dialog.querySelector(`[data-testid="${testIds.importProblem}"]`)?.textContent).toContain(
      'LeakyRelu at /act/LeakyRelu: there is no layer for this operator.',
    )
    expect(dialog.textContent).toContain('The file flattens maps')
    expect((await findById(testIds.importOpen)).textContent).toContain('Open the supported rest')
    await clickById(testIds.importOpen)
    await eventually(() => expect(useNavigationStore().view).toBe('design'))
    expect(useExchangeStore().dialogs).toEqual([])
  })

  it('keeps the network with its values, and exports it from there, with its zip', async () => {
    await look({
      importPreview: sampleImport({ problems: [] }),
      exportProgress: [{ stage: 'done', message: '', result: sampleExport() }],
    })
    await clickById(testIds.importKeep)
    await clickById(testIds.exportTrial)
    await eventually(() => expect(inputOf('exports.create')).toMatchObject({ importId: 3, prove: true }))
    await clickById(testIds.bundle)
    expect((await findById(testIds.bundleFile)).textContent).toContain('.zip')
  })

  it('asks how pixels are scaled where the file does not say it, and keeps what was said', async () => {
    const dialog = await look({ importPreview: sampleImport({ problems: [], scaling: 'assumed' }) })
    await findById(testIds.importScaling)
    await chooseById(testIds.importScaling, 'Mean and deviation of my own')
    const type = async (name: string, value: string): Promise<void> => {
      const input = (await findById(testIds.importScalingPart(name))) as HTMLInputElement
      input.value = value
      input.dispatchEvent(new Event('input'))
    }
    for (const [name, wrong, told] of [
      ['mean', 'half', 'Numbers with commas'],
      ['mean', '1,2', 'or 3'],
      ['deviation', '0', 'above 0'],
    ] as const) {
      await type(name, wrong)
      await eventually(() => expect(dialog.textContent).toContain(told))
      expect(await isDisabled(testIds.importKeep)).toBe(true)
      await type(name, '0.5')
    }
    await type('deviation', '0.2, 0.3, 0.4')
    await eventually(async () => expect(await isDisabled(testIds.importKeep)).toBe(false))
    await clickById(testIds.importKeep)
    await eventually(() =>
      expect(inputOf('imports.create')).toMatchObject({ scaling: { mean: [0.5], deviation: [0.2, 0.3, 0.4] } }),
    )
  })

  it('asks nothing where the file says it, and shows it', async () => {
    const dialog = await look({ importPreview: sampleImport({ problems: [], scaling: 'file', deviation: [2, 2, 2] }) })
    await eventually(() => expect(dialog.textContent).toContain('(pixel / 255 - 0) / 2'))
    expect(shown(testIds.importScaling)).toBeNull()
    await clickById(testIds.importKeep)
    await eventually(() => expect(inputOf('imports.create')).toMatchObject({ scaling: null }))
  })

  it('says why a file cannot be read', async () => {
    const failures = new Map([
      ['imports.preview', new AppError('invalid-input', 'This is no ONNX model.', 'Export it again.')],
    ])
    const dialog = await look({ failures })
    await eventually(() => expect(dialog.textContent).toContain('This is no ONNX model.'))
  })

  it('keeps nothing where another program holds the workspace, says so, and still opens it', async () => {
    const dialog = await look({ status: sampleReadOnlyStatus() })
    await eventually(() => expect(dialog.textContent).toContain('open read-only'))
    expect(await isDisabled(testIds.importKeep)).toBe(true)
    expect(await isDisabled(testIds.importOpen)).toBe(false)
  })

  it('of an earlier import offers what can be done with it, and not to import it again', async () => {
    const dialog = await open({ kind: 'imported', importId: 7 }, testIds.importNetworkDialog, {
      imports: [sampleNetworkImport({ id: 7 })],
    })
    await findById(testIds.exportTrial)
    expect(dialog.textContent).toContain('Import 7')
    expect(shown(testIds.importKeep)).toBeNull()
  })
})

describe('networks that were imported', () => {
  const imports = [sampleNetworkImport({ id: 7, name: 'mobile' })]

  it('are listed where designing begins, and open what can be done with them', async () => {
    mounted = mountWithEngine(App, { imports })
    useNavigationStore().open('design')
    await clickById(designIds.imported(7))
    const dialog = await findById(testIds.importNetworkDialog)
    await eventually(() => expect(dialog.textContent).toContain('Import 7: mobile'))
  })

  it('are removed after asking, and stay with the reason where something needs them', async () => {
    const needed = new AppError('conflict', 'Import 7 cannot be removed: run 3 begins with its values.')
    mounted = mountWithEngine(App, { imports, failures: new Map([['imports.remove', needed]]) })
    useNavigationStore().open('design')
    await clickById(designIds.removeImport(7))
    expect(inputOf('imports.remove')).toBeUndefined()
    await clickById(designIds.confirmRemoveImport)
    await eventually(() => expect(document.body.textContent).toContain('run 3 begins with its values'))
    mounted.engine.state.failures.clear()
    await clickById(designIds.confirmRemoveImport)
    await eventually(() => expect(shown(designIds.imported(7))).toBeNull())
  })

  it('cannot be removed where another program holds the workspace', async () => {
    mounted = mountWithEngine(App, { imports, status: sampleReadOnlyStatus() })
    useNavigationStore().open('design')
    await findById(designIds.imported(7))
    await eventually(() => expect(shown(designIds.removeImport(7))).toBeNull())
  })
})

describe('an export whose dialog is closed', () => {
  it('goes on, is listed, and is shown again with what came of it', async () => {
    const dialog = await open({ kind: 'imported', importId: 7 }, testIds.importNetworkDialog, {
      imports: [sampleNetworkImport({ id: 7 })],
      exportProgress: [{ stage: 'writing', message: 'Writing', result: null }],
    })
    await clickById(testIds.exportTrial)
    await findById(testIds.exportStage)
    escape(dialog)
    await eventually(() => expect(shown(testIds.importNetworkDialog)).toBeNull())
    expect((await findById(testIds.statusWork)).textContent).toContain('1 task goes on')
    mounted.engine.state.exportProgress = [{ stage: 'done', message: '', result: sampleExport() }]
    mounted.engine.push()
    await eventually(() => expect(shown(testIds.statusWork)?.textContent).toContain('1 result to see'))
    await clickById(testIds.statusWork)
    await clickById(testIds.workItem)
    expect((await findById(testIds.exportFolder)).textContent).toBe('/home/ada/exports/design')
    await eventually(() => expect(shown(testIds.statusWork)).toBeNull())
  })

  it('of a design keeps its failure, too', async () => {
    const document = zooDocument('resnet18')
    const dialog = await open({ kind: 'design', document, name: 'mine' }, testIds.designExport, {
      exportProgress: [{ stage: 'writing', message: 'Writing', result: null }],
    })
    await clickById(testIds.exportTrial)
    await findById(testIds.exportStage)
    escape(dialog)
    await findById(testIds.statusWork)
    mounted.engine.state.failures.set('exports.progress', new AppError('storage-failed', 'The disk is full.'))
    mounted.engine.push()
    await eventually(() => expect(shown(testIds.statusWork)?.textContent).toContain('1 result to see'))
    await clickById(testIds.statusWork)
    expect((await findById(testIds.workItem)).textContent).toContain('failed')
    await clickById(testIds.workItem)
    await eventually(() => expect(shown(testIds.designExport)?.textContent).toContain('The disk is full.'))
    expect(inputOf('exports.createOfDesign')).toMatchObject({ format: 'svg', seed: 0 })
  })

  it('leaves nothing behind where nothing was going on', async () => {
    const dialog = await look()
    await findById(testIds.importKeep)
    escape(dialog)
    await eventually(() => expect(useExchangeStore().dialogs).toEqual([]))
    expect(shown(testIds.statusWork)).toBeNull()
  })
})

describe('the export of a design', () => {
  const document = zooDocument('resnet18')
  const exportDesign = (engine: Parameters<typeof mountWithEngine>[1] = {}): Promise<HTMLElement> =>
    open({ kind: 'design', document, name: 'mine' }, testIds.designExport, engine)

  it('takes the seed of its starting weights where the format holds any', async () => {
    await exportDesign()
    expect(shown(testIds.exportSeed)).toBeNull()
    await chooseById(testIds.exportFormat, 'ONNX')
    const seed = (await findById(testIds.exportSeed)) as HTMLInputElement
    seed.value = '5'
    seed.dispatchEvent(new Event('input'))
    await clickById(testIds.exportTrial)
    await eventually(() => expect(inputOf('exports.createOfDesign')).toMatchObject({ format: 'onnx', seed: 5 }))
  })

  it('goes only into a folder of the user’s where another program holds the workspace', async () => {
    const dialog = await exportDesign({ status: sampleReadOnlyStatus() })
    await eventually(() => expect(dialog.textContent).toContain('export to a folder of your own'))
    expect(await isDisabled(testIds.exportTrial)).toBe(true)
    await clickById(testIds.exportInto)
    await eventually(() => expect(inputOf('exports.createOfDesign')).toMatchObject({ folder: '/home/ada/models' }))
  })
})

describe('an export that lies anywhere', () => {
  it('is proven', async () => {
    await open({ kind: 'prove', place: '/home/ada/exported' }, testIds.proveDialog)
    await eventually(() => expect(inputOf('exports.prove')).toMatchObject({ folder: '/home/ada/exported' }))
  })

  it('is not proven where another program holds the workspace, and the dialog says why', async () => {
    mounted = mountWithEngine(App, { status: sampleReadOnlyStatus() })
    await findById(testIds.view('search'))
    await eventually(() => expect(document.body.textContent).toContain('Another program holds this workspace'))
    useExchangeStore().open({ kind: 'prove', place: '/home/ada/exported' })
    const dialog = await findById(testIds.proveDialog)
    expect(dialog.textContent).toContain('could not be stored')
    expect(inputOf('exports.prove')).toBeUndefined()
  })
})
