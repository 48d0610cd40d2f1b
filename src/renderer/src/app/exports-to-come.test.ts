// An export that was asked for with a final training: made once that is finished, and only then.
import { afterEach, expect, it, vi } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleRun } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import { eventually, findById } from '@/testing/until'
import { useExportsToComeStore } from '@/stores/exports-to-come.store'
import type { RunState } from '@shared/search/run-states'
import App from './App.vue'

vi.mock('vue-echarts', () => ({ default: { render: () => null } }))

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

async function endsAs(state: RunState): Promise<void> {
  mounted = mountWithEngine(App, { runs: [sampleRun()] })
  await findById(testIds.view('search'))
  const store = useExportsToComeStore()
  store.ask('run-1')
  await eventually(() => expect(document.body.textContent).toContain('Run 1'))
  expect(mounted.engine.calls.map(({ path }) => path)).not.toContain('exports.create')
  mounted.engine.state.runs = [sampleRun({ state, bestTrialId: 103 })]
  mounted.engine.push()
  await eventually(() => expect(store.runIds).toEqual([]))
}

it('is made of the best trial once its run is finished', async () => {
  await endsAs('finished')
  await eventually(() =>
    expect(mounted.engine.calls.find(({ path }) => path === 'exports.create')?.input).toMatchObject({ trialId: 103 }),
  )
})

it('is given up where its run was stopped', async () => {
  await endsAs('stopped')
  expect(mounted.engine.calls.map(({ path }) => path)).not.toContain('exports.create')
})
