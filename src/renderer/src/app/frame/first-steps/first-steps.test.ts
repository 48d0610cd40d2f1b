// The first steps as a person takes them: each can be done, done again and passed over.
import { afterEach, describe, expect, it } from 'vitest'
import { testIds } from '@/lib/ids'
import { useNavigationStore } from '@/stores/navigation.store'
import { usePreferencesStore } from '@/stores/preferences.store'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleDataset, sampleReport, sampleRuntimes } from '@/testing/samples'
import { clickById, eventually, findById, untilText } from '@/testing/until'
import FirstSteps from './FirstSteps.vue'
import { AppError } from '@shared/errors'

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())
const calls = (path: string) => mounted.engine.calls.filter((call) => call.path === path)
const bar = () => document.querySelector(`[data-testid="${testIds.firstSteps}"]`)
const withCard = () => {
  const report = sampleReport()
  return {
    ...report,
    devices: [...report.devices, { name: 'NVIDIA A', kind: 'gpu' as const, memoryBytes: 8, detail: '' }],
  }
}

describe('the first steps', () => {
  it('lead from the machine over runtime and images to the search', async () => {
    mounted = mountWithEngine(FirstSteps, { report: withCard(), datasets: [sampleDataset({ state: 'absent' })] })
    await untilText(mounted.wrapper, 'First steps, 1 of 4: This machine.')
    await clickById(testIds.firstStepsDo)
    await untilText(mounted.wrapper, 'NVIDIA A')
    await clickById(testIds.firstStepsNext)
    await untilText(mounted.wrapper, '3.1 GiB to download')
    await clickById(testIds.firstStepsDo)
    await eventually(() => expect(calls('runtimes.install')[0]?.input).toMatchObject({ id: 'cuda12', from: [] }))
    await clickById(testIds.firstStepsNext)
    await untilText(mounted.wrapper, 'The sample search trains on CIFAR-10')
    await clickById(testIds.firstStepsDo)
    await eventually(() => expect(calls('datasets.get')[0]?.input).toMatchObject({ name: 'cifar-10' }))
    await clickById(testIds.firstStepsNext)
    await clickById(testIds.firstStepsBegin)
    await eventually(() => expect(bar()).toBeNull())
    expect(useNavigationStore().view).toBe('search')
  })

  it('can all be passed over, and need nothing where the files are there', async () => {
    mounted = mountWithEngine(FirstSteps, { datasets: [sampleDataset()] })
    await findById(testIds.firstSteps)
    await clickById(testIds.firstStepsNext)
    await untilText(mounted.wrapper, 'came with the program; nothing has to be fetched')
    await clickById(testIds.firstStepsNext)
    await untilText(mounted.wrapper, 'is here.')
    expect(document.querySelector(`[data-testid="${testIds.firstStepsDo}"]`)).toBeNull()
    for (const path of ['runtime.doctor', 'runtimes.install', 'datasets.get']) expect(calls(path)).toEqual([])
  })

  it('say why a step failed, and what to do', async () => {
    const failures = new Map([
      ['runtime.doctor', new AppError('runtime-missing', 'Nothing answers.', 'Start it again.')],
    ])
    mounted = mountWithEngine(FirstSteps, { failures })
    await findById(testIds.firstSteps)
    await clickById(testIds.firstStepsDo)
    await untilText(mounted.wrapper, 'Nothing answers. Start it again.')
  })

  it('are closed for good, and begun again from their first', async () => {
    mounted = mountWithEngine(FirstSteps, {})
    await findById(testIds.firstSteps)
    await clickById(testIds.firstStepsNext)
    await clickById(testIds.firstStepsClose)
    await eventually(() => expect(bar()).toBeNull())
    expect(usePreferencesStore().firstSteps).toBe('done')
    usePreferencesStore().firstSteps = 'open'
    await untilText(mounted.wrapper, '1 of 4')
  })

  it('take up a runtime that is installed already', async () => {
    const [cpu, cuda] = sampleRuntimes().runtimes
    const runtimes = sampleRuntimes({ runtimes: [cpu!, { ...cuda!, state: 'installed' }] })
    mounted = mountWithEngine(FirstSteps, { report: withCard(), runtimes })
    await findById(testIds.firstSteps)
    await clickById(testIds.firstStepsDo)
    await untilText(mounted.wrapper, 'NVIDIA A')
    await clickById(testIds.firstStepsNext)
    await untilText(mounted.wrapper, 'is installed and not in use')
    await clickById(testIds.firstStepsDo)
    await untilText(mounted.wrapper, 'is in use.')
  })
})
