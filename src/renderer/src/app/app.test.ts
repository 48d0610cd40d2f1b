// The frame around the views: keys, palette, engine state, problems.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleReadOnlyStatus, sampleReport, sampleRun, sampleStatus } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import { clickById, eventually, findById, untilText } from '@/testing/until'
import { useCommandsStore } from '@/stores/commands.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { useNoticesStore } from '@/stores/notices.store'
import { usePreferencesStore } from '@/stores/preferences.store'
import type { DoctorReport } from '@shared/contract/runtime'
import { memoryPorts } from '@shared/transport/port'
import App from './App.vue'

// There is no canvas here; what a chart is given is tested beside its option.
vi.mock('vue-echarts', () => ({ default: { render: () => null } }))

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())
const press = (key: string, init: KeyboardEventInit = {}, target: EventTarget = window): boolean =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }))

describe('keys', () => {
  it('open the views, but not while something is being typed', async () => {
    mounted = mountWithEngine(App)
    await findById(testIds.view('search'))
    press('4', { code: 'Digit4' })
    await findById(testIds.view('results'))
    press('3', { code: 'Digit3' })
    const input = await findById(testIds.setting('name'))
    input.focus()
    press('4', { code: 'Digit4' }, input)
    expect(useNavigationStore().view).toBe('search')
  })

  it('belong to an open list first', async () => {
    mounted = mountWithEngine(App)
    await findById(testIds.view('search'))
    const list = document.body.appendChild(document.createElement('div'))
    list.setAttribute('role', 'listbox')
    press('4', { code: 'Digit4' }, list)
    expect(useNavigationStore().view).toBe('search')
    list.remove()
  })

  it('open the palette, which finds a run and goes there', async () => {
    mounted = mountWithEngine(App, { runs: [sampleRun(), sampleRun({ id: 'run-2', number: 2, state: 'finished' })] })
    await untilText(mounted.wrapper, 'Run 1')
    press('k', { code: 'KeyK', ctrlKey: true })
    const dialog = await findById(testIds.paletteDialog)
    await eventually(() => expect(dialog.textContent).toContain('Run 2'))
    const item = [...dialog.querySelectorAll<HTMLElement>('[role="option"]')].find((option) =>
      option.textContent?.includes('Run 2'),
    )
    item?.click()
    await eventually(() => expect(useNavigationStore().runId).toBe('run-2'))
  })
})

describe('the frame', () => {
  it('names the machine without a device as long as none is known', async () => {
    const status = sampleStatus()
    const computes = status.computes.map((compute) => ({ ...compute, state: 'starting' as const, device: '' }))
    mounted = mountWithEngine(App, { status: { ...status, computes } })
    const machine = await findById(testIds.statusMachine)
    await eventually(() => expect(machine.textContent).toMatch(/^2 computes · \d+ % busy/))
  })

  it('tells how busy the cards are, as far as they tell, and nothing where there are none', async () => {
    const untold = { powerWatts: null, powerLimitWatts: null, clockMhz: null }
    const card = { index: 0, name: 'Card', usedBytes: null, memoryBytes: null, temperature: null, ...untold }
    const gpus = [
      { ...card, utilisation: 0.7 },
      { ...card, index: 1, utilisation: null },
    ]
    mounted = mountWithEngine(App, { status: sampleStatus({ gpus }) })
    const machine = await findById(testIds.statusMachine)
    await eventually(() => expect(machine.textContent).toMatch(/94 % busy · card 70 % busy · 61 °C$/))
    mounted.engine.state.status = sampleStatus({ gpus: [...gpus, { ...card, index: 2, utilisation: 0.1 }] })
    mounted.engine.push()
    await eventually(() => expect(machine.textContent).toContain('cards 40 % busy'))
    mounted.engine.state.status = sampleStatus()
    mounted.engine.push()
    await eventually(() => expect(machine.textContent).toMatch(/94 % busy · 61 °C$/))
  })
})

describe('views', () => {
  it('are kept: what was typed is there again, and the actions of a hidden view are not offered', async () => {
    mounted = mountWithEngine(App, { runs: [sampleRun()] })
    const name = (await findById(testIds.setting('name'))) as HTMLInputElement
    name.value = 'Half typed'
    name.dispatchEvent(new Event('input'))
    const offered = (): boolean => useCommandsStore().commands.some(({ id }) => id === 'run-pause')
    await eventually(() => expect(offered()).toBe(true))
    await clickById(testIds.rail('settings'))
    await untilText(mounted.wrapper, 'Pane sizes')
    expect(offered()).toBe(false)
    await clickById(testIds.rail('search'))
    await eventually(() => expect(offered()).toBe(true))
    expect(await findById(testIds.setting('name'))).toBe(name)
    expect(name.value).toBe('Half typed')
  })
})

describe('the diagnosis', () => {
  it('is made afresh whenever Runtime comes back: what it counted may have changed', async () => {
    const [first] = sampleReport().checks
    const report = (found: string): DoctorReport => sampleReport({ checks: [{ ...first!, found }] })
    mounted = mountWithEngine(App, { report: report('0 files') })
    await clickById(testIds.rail('runtime'))
    await untilText(mounted.wrapper, '0 files')
    await clickById(testIds.rail('search'))
    mounted.engine.state.report = report('51 files')
    await clickById(testIds.rail('runtime'))
    await untilText(mounted.wrapper, '51 files')
  })
})

describe('the engine', () => {
  it('is waited for', async () => {
    mounted = mountWithEngine(App, {}, { isConnected: false })
    await untilText(mounted.wrapper, 'Waiting for the engine')
  })

  it('that restarts is announced, and everything goes on when it is back', async () => {
    mounted = mountWithEngine(App, { runs: [sampleRun()] })
    await untilText(mounted.wrapper, 'Run 1: generation 2')
    mounted.host.setEngineState({ state: 'restarting', attempt: 1 })
    await untilText(mounted.wrapper, 'The engine stopped and is restarting')
    mounted.engine.state.runs = [sampleRun({ generation: 2 })]
    mounted.connection.accept(mounted.engine.port())
    mounted.host.setEngineState({ state: 'ready' })
    await untilText(mounted.wrapper, 'Run 1: generation 3')
    await eventually(() => expect(document.querySelector(`[data-testid="${testIds.engineBanner}"]`)).toBeNull())
    expect(useNoticesStore().toasts[0]?.text).toContain('The engine is back')
  })

  it('that cannot run says why and what to do', async () => {
    mounted = mountWithEngine(App)
    mounted.host.setEngineState({ state: 'failed', message: 'it ended five times', fix: 'Restart the workbench.' })
    await untilText(mounted.wrapper, 'The engine cannot run: it ended five times Restart the workbench.')
  })

  it('without the lease makes the window say who holds the workspace, whose runs it steers by asking', async () => {
    mounted = mountWithEngine(App, { runs: [sampleRun()], status: sampleReadOnlyStatus('process 812 on atlas') })
    await untilText(mounted.wrapper, 'process 812 on atlas')
    expect(((await findById(testIds.startRun)) as HTMLButtonElement).disabled).toBe(true)
    await untilText(mounted.wrapper, 'Running')
    expect(await findById(testIds.pauseRun)).toBeTruthy()
  })

  it('whose new port never answers leaves the window usable', async () => {
    mounted = mountWithEngine(App, { runs: [sampleRun()] })
    await untilText(mounted.wrapper, 'Run 1')
    mounted.connection.accept(memoryPorts()[0])
    await clickById(testIds.rail('settings'))
    await untilText(mounted.wrapper, 'Pane sizes')
  })
})

describe('the window', () => {
  it('turns dark and light', async () => {
    mounted = mountWithEngine(App)
    usePreferencesStore().theme = 'dark'
    await eventually(() => expect(document.documentElement.dataset.theme).toBe('dark'))
    await clickById(testIds.theme)
    await eventually(() => expect(document.documentElement.dataset.theme).toBe('light'))
  })

  it('lists failures until they are mended, once each', async () => {
    mounted = mountWithEngine(App)
    const notices = useNoticesStore()
    const error = { code: 'storage-failed' as const, message: 'Disk full.' }
    notices.report('a', 'Saving failed', error)
    notices.report('a', 'Saving failed', error)
    notices.report('b', 'Export failed', error)
    await untilText(mounted.wrapper, '2 failures')
    notices.resolve('a')
    await untilText(mounted.wrapper, '1 failure')
  })

  it('tells of a finished search', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(false)
    mounted = mountWithEngine(App, { runs: [sampleRun()] })
    await untilText(mounted.wrapper, 'Run 1')
    mounted.engine.state.runs = [sampleRun({ state: 'finished' })]
    mounted.engine.push()
    await eventually(() => expect(mounted.host.notified).toEqual(['Run 1 has finished: First light']))
    vi.restoreAllMocks()
  })
})
