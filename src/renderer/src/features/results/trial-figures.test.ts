// The figures of a trial that was trained in rungs: which it reached, on what images, and that its result is of one of them.
import { afterEach, describe, expect, it } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleRun, sampleTrial } from '@/testing/samples'
import { eventually } from '@/testing/until'
import { useNavigationStore } from '@/stores/navigation.store'
import type { Rung } from '@shared/search/trial-fidelity'
import TrialFigures from './components/TrialFigures.vue'

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

function shown(rungs: Rung[]): void {
  const { definition } = sampleRun()
  const fidelity = { ...definition.fidelity, firstRung: 1, firstImages: 0.25, firstSide: 0.5 }
  const run = sampleRun({ definition: { ...definition, fidelity } })
  const trial = sampleTrial(1, { fidelity: { rungs, endedEarly: null, inherited: null } })
  mounted = mountWithEngine(TrialFigures, { trials: [trial], runs: [run] }, { props: { trial } })
  useNavigationStore().selectRun(run.id)
}
const rung = (fitness: number, promotedAmong: number | null): Rung => ({ epochs: 1, fitness, place: 1, promotedAmong })
const helpOfRungs = (): string | undefined =>
  [...document.querySelectorAll('dl > div')]
    .find((one) => one.textContent?.includes('Rungs reached'))
    ?.getAttribute('title') ?? undefined

describe('figures of a trial in rungs of fewer and smaller images', () => {
  it('say what it was trained on where its result is of such a rung', async () => {
    shown([rung(0.25, null)])
    const words = '1 epoch on 25 % of the images at 50 % of their side'
    await eventually(() => expect(document.body.textContent).toContain(`Its result is that of a rung: ${words}.`))
    expect(helpOfRungs()).toContain(`${words}: 25.0 %`)
  })

  it('leave that out where it was trained on whole images since', async () => {
    shown([rung(0.25, 3)])
    await eventually(() => expect(helpOfRungs()).toContain('25 % of the images at 50 % of their side: 25.0 %'))
    expect(document.body.textContent).not.toContain('Its result is that of a rung')
  })
})
