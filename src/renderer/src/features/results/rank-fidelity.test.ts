// Whether short trainings order a run's candidates, as Results tells it.
import { afterEach, describe, expect, it } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleRun, sampleTrial } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import { eventually } from '@/testing/until'
import { useNavigationStore } from '@/stores/navigation.store'
import type { Trial } from '@shared/search/trial'
import RankFidelity from './components/RankFidelity.vue'

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

const meter = (): HTMLElement | null => document.querySelector(`[data-testid="${testIds.rankFidelity}"]`)

/** Of each trial, its accuracy by epoch. */
function curves(count: number, at: (trial: number, epoch: number) => number): Trial[] {
  return Array.from({ length: count }, (_, index) => {
    const trial = sampleTrial(index + 1)
    return { ...trial, epochs: trial.epochs.map((epoch, i) => ({ ...epoch, validationAccuracy: at(index, i + 1) })) }
  })
}

function shown(trials: Trial[], run = sampleRun({ state: 'finished' })): void {
  mounted = mountWithEngine(RankFidelity, { trials, runs: [run] }, { props: { run } })
  useNavigationStore().selectRun(run.id)
}

describe('short trainings', () => {
  it('are told with tau, interval and pairs where they order as longer ones do', async () => {
    shown(curves(12, (trial, epoch) => trial / 40 + epoch / 10))
    await eventually(() => expect(meter()?.textContent).toContain('Epoch 1 and 3: 1.00 [1.00, 1.00]'))
    expect(meter()?.textContent).toContain('12 trials, 66 pairs')
    expect(meter()?.textContent).toContain('Same order')
    expect(meter()?.textContent).not.toContain('train longer')
  })

  it('are warned of where they do not', async () => {
    shown(curves(12, (trial, epoch) => (epoch < 3 ? (12 - trial) / 100 : 0.3 + trial / 40)))
    await eventually(() => expect(meter()?.textContent).toContain('Other order'))
    expect(meter()?.textContent).toContain('train longer, or confirm the best')
  })

  it('say nothing of few trials', async () => {
    shown(curves(4, (trial) => trial / 10))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(meter()).toBeNull()
  })

  it('are told in words where rungs have fewer or smaller images', async () => {
    const rung = { epochs: 6, place: 1, promotedAmong: 12 }
    const trials = curves(12, (trial) => trial / 40).map((trial, index) => ({
      ...{ ...trial, fitness: 0.3 + index / 40 },
      fidelity: { rungs: [{ ...rung, fitness: index / 40 }], endedEarly: null, inherited: null },
    }))
    const { definition } = sampleRun()
    const fidelity = { ...definition.fidelity, firstImages: 0.25, firstSide: 0.5 }
    shown(trials, sampleRun({ state: 'finished', definition: { ...definition, fidelity } }))
    const words = '25 % of the images at 50 % of their side'
    await eventually(() => expect(meter()?.textContent).toMatch(new RegExp(`epochs on ${words} and \\d+ epochs: 1.00`)))
  })
})
