// A run's winner trained on, from Results: what is asked for, what is refused, and what it reached beside a hand-made network.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import type { FakeState } from '@/testing/fake-state'
import { sampleRun, sampleTrial } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import { clickById, eventually, findById } from '@/testing/until'
import { useNavigationStore } from '@/stores/navigation.store'
import { useExportsToComeStore } from '@/stores/exports-to-come.store'
import { AppError } from '@shared/errors'
import { finalWishSchema } from '@shared/search/final-training'
import ResultsView from './ResultsView.vue'

// There is no canvas here; what a chart is given is tested beside its option.
vi.mock('vue-echarts', () => ({ default: { render: () => null } }))

const trials = [sampleTrial(1, { fitness: 0.4 }), sampleTrial(2, { fitness: 0.6 })]

let mounted: Mounted
beforeEach(() => {
  // A scroller of 600 px: without a layout the virtual table would draw no rows.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000)
})
afterEach(() => {
  mounted.wrapper.unmount()
  vi.restoreAllMocks()
})

async function open(changes: Partial<FakeState>): Promise<void> {
  mounted = mountWithEngine(ResultsView, { trials, ...changes })
  useNavigationStore().selectRun('run-1')
  await eventually(() => expect(document.querySelector(`[data-testid="${testIds.tableRow}"]`)).not.toBeNull())
}

describe('the final training of a run', () => {
  const search = sampleRun({ state: 'finished', bestTrialId: 102 })
  const final = (of: object | null, number: number, reported: number | null) => {
    const definition = {
      ...search.definition,
      name: of === null ? 'ResNet-8, 12 wide' : 'trained on',
      final: {
        ...{ of: of as never, besideRunId: search.id, schedule: 'short' as const, start: 'scratch' as const },
        ...{ weightsSha256: null, dataFingerprint: null, workbench: '1' },
      },
    }
    return sampleRun({ id: `run-${number}`, number, definition, state: 'finished', reported })
  }

  const inputOf = (path: string) => mounted.engine.calls.find((call) => call.path === path)?.input
  const type = async (id: string, value: string): Promise<void> => {
    const input = (await findById(id)) as HTMLInputElement
    input.value = value
    input.dispatchEvent(new Event('input'))
  }

  it('is asked for with the defaults of the command, and nothing beside it', async () => {
    await open({ runs: [search] })
    await clickById(testIds.finish)
    await clickById(testIds.confirmFinish)
    await eventually(() => expect(inputOf('searches.finish')).toBeDefined())
    expect(inputOf('searches.finish')).toEqual({ id: 'run-1', trialId: null, wish: finalWishSchema.parse({}) })
    await eventually(() => expect(document.querySelector('[role="dialog"]')).toBeNull())
    expect(inputOf('searches.trainPeer')).toBeUndefined()
  })

  it('is of the winner by all results, and of the best measured where that is chosen', async () => {
    const winner = {
      ...{ trialId: 101, trialNumber: 1, measured: 0.5, expected: 0.52, results: 12 },
      ...{ confirmed: null, noise: null },
    }
    await open({ runs: [search], winner })
    await clickById(testIds.finish)
    await eventually(() => expect(document.body.textContent).toContain('By all results: trial 1'))
    expect(((await findById(testIds.trialPick)) as HTMLInputElement).value).toBe('1')
    const [, measured] = (await findById(testIds.finishField('winner'))).querySelectorAll('button')
    expect(measured?.textContent).toContain('Best measured: trial 2')
    measured?.click()
    await eventually(async () => expect(((await findById(testIds.trialPick)) as HTMLInputElement).value).toBe('2'))
    await clickById(testIds.confirmFinish)
    await eventually(() => expect(inputOf('searches.finish')).toMatchObject({ trialId: 102 }))
  })

  it('takes another trial, its own number of epochs, an export to come and a hand-made network', async () => {
    await open({ runs: [search] })
    await clickById(testIds.finish)
    await type(testIds.trialPick, '3')
    await eventually(() => expect(document.body.textContent).toContain('no finished trial 3'))
    expect(((await findById(testIds.confirmFinish)) as HTMLButtonElement).disabled).toBe(true)
    await type(testIds.trialPick, '1')
    await type(testIds.finishField('epochs'), '4')
    await clickById(testIds.finishField('peer'))
    await clickById(testIds.finishField('export'))
    await clickById(testIds.confirmFinish)
    await eventually(() => expect(inputOf('searches.trainPeer')).toMatchObject({ id: 'run-1', wish: { epochs: 4 } }))
    expect(inputOf('searches.finish')).toMatchObject({ trialId: 101, wish: { epochs: 4, schedule: 'short' } })
    expect(useExportsToComeStore().runIds).toEqual(['run-1'])
  })

  it('says that only the hand-made network was refused, and tries only that again', async () => {
    const refused = new AppError('conflict', 'No network of about its cost is known.')
    await open({ runs: [search], failures: new Map([['searches.trainPeer', refused]]) })
    await clickById(testIds.finish)
    await clickById(testIds.finishField('peer'))
    await clickById(testIds.confirmFinish)
    const told = () => document.querySelector('[role="dialog"]')?.textContent ?? ''
    await eventually(() => expect(told()).toContain('No network of about its cost is known.'))
    expect(told()).toContain('The winner trains')
    expect(told()).not.toContain('The final training could not be started')
    mounted.engine.state.failures.clear()
    await clickById(testIds.confirmFinish)
    await eventually(() => expect(document.querySelector('[role="dialog"]')).toBeNull())
    expect(mounted.engine.calls.filter(({ path }) => path === 'searches.finish')).toHaveLength(1)
  })

  it('is not offered where the space has only words: nothing can be trained', async () => {
    await open({ runs: [search], trials: trials.map((trial) => ({ ...trial, parameters: null, macs: null })) })
    expect(document.querySelector(`[data-testid="${testIds.finish}"]`)).toBeNull()
  })

  it('shows what the winner and the hand-made network reached beside each other', async () => {
    const of = {
      ...{ runId: 'run-1', runNumber: 1, trialId: 102, trialNumber: 2 },
      ...{ architectureHash: 'x', fitness: 0.6 },
    }
    await open({ runs: [search, final(of, 2, 0.654), final(null, 3, 0.621)] })
    const shown = (await findById(testIds.finalTrainings)).textContent
    expect(shown).toMatch(/Trial 2, 5 epochs\s*tested 65\.40\s%.*ResNet-8, 12 wide, 5 epochs\s*tested 62\.10\s%/)
    expect(shown).toContain('another seed may turn the order round')
  })

  it('is not offered while the search goes', async () => {
    await open({ runs: [sampleRun({ bestTrialId: 102 })] })
    expect(document.querySelector(`[data-testid="${testIds.finish}"]`)).toBeNull()
  })
})
