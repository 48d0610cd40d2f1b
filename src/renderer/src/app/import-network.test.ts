// A network of another program, from the palette to the editor, an export and a training; and the proof of an export anywhere.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleImport } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import { clickById, eventually, findById } from '@/testing/until'
import { useExchangeStore } from '@/stores/exchange.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { AppError } from '@shared/errors'
import App from './App.vue'

vi.mock('vue-echarts', () => ({ default: { render: () => null } }))

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

const PATH = '/home/ada/mobile.onnx'
async function look(engine: Parameters<typeof mountWithEngine>[1] = {}): Promise<HTMLElement> {
  mounted = mountWithEngine(App, engine)
  await findById(testIds.view('search'))
  useExchangeStore().importing = PATH
  return findById(testIds.importNetworkDialog)
}

describe('the dialog of an import', () => {
  it('tells what was read, every operator that is no layer here with its place, and opens the rest', async () => {
    const dialog = await look()
    await eventually(() =>
      expect(dialog.textContent).toContain('written by pytorch 2.14'.replace('written', 'Written')),
    )
    expect(mounted.engine.calls.find(({ path }) => path === 'imports.preview')?.input).toEqual({ path: PATH })
    expect(dialog.querySelector(`[data-testid="${testIds.importProblem}"]`)?.textContent).toContain(
      'LeakyRelu at /act/LeakyRelu: there is no layer for this operator.',
    )
    expect(dialog.textContent).toContain('The file flattens maps')
    expect((await findById(testIds.importOpen)).textContent).toContain('Open the supported rest')
    await clickById(testIds.importOpen)
    await eventually(() => expect(useNavigationStore().view).toBe('design'))
    expect(useExchangeStore().importing).toBeNull()
  })

  it('keeps the network with its values, and exports it from there', async () => {
    await look({ importPreview: sampleImport({ problems: [] }) })
    await clickById(testIds.importKeep)
    await clickById(testIds.importExport)
    await eventually(() =>
      expect(mounted.engine.calls.find(({ path }) => path === 'exports.create')?.input).toMatchObject({ importId: 3 }),
    )
  })

  it('says why a file cannot be read', async () => {
    const failures = new Map([
      ['imports.preview', new AppError('invalid-input', 'This is no ONNX model.', 'Export it again.')],
    ])
    const dialog = await look({ failures })
    await eventually(() => expect(dialog.textContent).toContain('This is no ONNX model.'))
  })
})

it('an export that lies anywhere is proven', async () => {
  mounted = mountWithEngine(App)
  await findById(testIds.view('search'))
  useExchangeStore().proving = '/home/ada/exported'
  await findById(testIds.proveDialog)
  await eventually(() =>
    expect(mounted.engine.calls.find(({ path }) => path === 'exports.prove')?.input).toEqual({
      folder: '/home/ada/exported',
    }),
  )
})
