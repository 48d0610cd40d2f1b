// What lies over the views at a start: an interrupted run is offered, an unusual program says so.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { testIds } from '@/lib/ids'
import { useNavigationStore } from '@/stores/navigation.store'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleReadOnlyStatus, sampleRun } from '@/testing/samples'
import { clickById, eventually, findById, untilText } from '@/testing/until'
import { AppError } from '@shared/errors'
import { RUN_STATES } from '@shared/search/run-states'
import App from '../App.vue'

// There is no canvas here.
vi.mock('vue-echarts', () => ({ default: { render: () => null } }))

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())
const seen = (id: string): Element | null => document.querySelector(`[data-testid="${id}"]`)
const interrupted = (changes: Parameters<typeof sampleRun>[0] = {}) => sampleRun({ state: 'interrupted', ...changes })

describe('an interrupted run', () => {
  it('is offered with its name and how far it came; resuming shows it', async () => {
    const run = interrupted()
    mounted = mountWithEngine(App, { runs: [run, sampleRun({ id: 'run-2', number: 2, state: 'finished' })] })
    useNavigationStore().open('data')
    const offer = await findById(testIds.interrupted)
    const done = run.counts.finished + run.counts.failed
    expect(offer.textContent).toContain('Run 1 “First light” was interrupted')
    expect(offer.textContent).toContain(`${done} of ${run.counts.planned} evaluations are done`)
    await clickById(testIds.interruptedResume)
    await eventually(() => expect(seen(testIds.interrupted)).toBeNull())
    expect(mounted.engine.calls).toContainEqual({ path: 'searches.resume', input: { id: run.id } })
    const { view, runId } = useNavigationStore()
    expect({ view, runId }).toEqual({ view: 'search', runId: run.id })
  })

  it('is not offered again after "Not now", nor are those beside it', async () => {
    mounted = mountWithEngine(App, { runs: [interrupted(), interrupted({ id: 'run-2', number: 2 })] })
    const offer = await findById(testIds.interrupted)
    expect(offer.textContent).toContain('Run 2')
    expect(offer.textContent).toContain('One more run was interrupted.')
    await clickById(testIds.interruptedNotNow)
    await eventually(() => expect(seen(testIds.interrupted)).toBeNull())
    expect(mounted.engine.calls.map(({ path }) => path)).not.toContain('searches.resume')
  })

  it('says why it cannot go on, where it was offered', async () => {
    const failures = new Map([['searches.resume', new AppError('dataset-missing', 'CIFAR-10 is not here.', 'Get it.')]])
    mounted = mountWithEngine(App, { runs: [interrupted()], failures })
    await clickById(testIds.interruptedResume)
    await eventually(() => expect(seen(testIds.interrupted)?.textContent).toContain('CIFAR-10 is not here.'))
  })

  it.each(RUN_STATES.filter((state) => state !== 'interrupted'))('is none that is %s', async (state) => {
    mounted = mountWithEngine(App, { runs: [sampleRun({ state })] })
    await untilText(mounted.wrapper, 'Run 1')
    expect(seen(testIds.interrupted)).toBeNull()
  })

  it('is not offered where another workbench holds the workspace', async () => {
    mounted = mountWithEngine(App, { runs: [interrupted()], status: sampleReadOnlyStatus('process 812 on atlas') })
    await untilText(mounted.wrapper, 'process 812 on atlas')
    await untilText(mounted.wrapper, 'Run 1')
    expect(seen(testIds.interrupted)).toBeNull()
  })
})

describe('the program', () => {
  it('says nothing of itself on the Electron that it is built for', async () => {
    mounted = mountWithEngine(App)
    await findById(testIds.statusMachine)
    expect([seen(testIds.runtimeBanner), seen(testIds.statusRuntime)]).toEqual([null, null])
  })

  it('on a stand-in says so with reason and remedy; dismissed, the status bar and Settings go on saying it', async () => {
    const facts = { electron: '22.3.25', chrome: '108.0.5359.215' }
    mounted = mountWithEngine(App, {}, { facts })
    const banner = await findById(testIds.runtimeBanner)
    for (const word of ['Stand-in Electron 22.3.25', 'Chromium 108)', 'no security updates', '--electron vendor'])
      expect(banner.textContent).toContain(word)
    await clickById(testIds.runtimeBannerDismiss)
    await eventually(() => expect(seen(testIds.runtimeBanner)).toBeNull())
    await clickById(testIds.statusRuntime)
    await eventually(() => expect(document.querySelector('.ui-popup')?.textContent).toContain('no security updates'))
    await clickById(testIds.rail('settings'))
    await eventually(() => expect(seen(testIds.view('settings'))?.textContent).toContain('--electron vendor'))
  })

  it('made for testing says so, apart from the stand-in', async () => {
    mounted = mountWithEngine(App, {}, { facts: { isForTesting: true, electron: '22.3.25', chrome: '108.0' } })
    await untilText(mounted.wrapper, 'Package for testing')
    await clickById(testIds.runtimeBannerDismiss)
    await eventually(() => expect(seen(testIds.runtimeBanner)?.textContent).toContain('Stand-in Electron'))
    expect((await findById(testIds.statusRuntime)).textContent).toContain(
      'Package for testing · Stand-in Electron 22.3.25',
    )
  })
})
