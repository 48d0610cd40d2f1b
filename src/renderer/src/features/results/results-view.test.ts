// Results as a user meets them: table, filters, selection, one trial, export with proof.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import type { FakeState } from '@/testing/fake-state'
import { sampleReadOnlyStatus, sampleRun, sampleTrial } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import { clickById, eventually, findById, untilText } from '@/testing/until'
import { useNavigationStore } from '@/stores/navigation.store'
import { AppError } from '@shared/errors'
import ResultsView from './ResultsView.vue'
import { DEFAULT_HIDDEN, FIRST_OPTIONAL, withNewHidden } from './columns'
import { MAX_TICKED, useResultsStore } from './store/results.store'

// There is no canvas here; what a chart is given is tested beside its option.
vi.mock('vue-echarts', () => ({ default: { render: () => null } }))

const change = {
  position: 3,
  removed: 'common-conv',
  chosen: 'resnet-basic',
  probability: 0.62,
  alternatives: [{ name: 'resnet-bottleneck', probability: 0.2 }],
}
const failure = { code: 'out-of-memory' as const, message: 'It needed 3 GiB.', fix: 'Use a smaller batch.' }
const trials = [
  sampleTrial(1, { fitness: 0.4 }),
  sampleTrial(2, {
    fitness: 0.6,
    origin: { operator: 'offspring', parents: [101], crossover: true, mutation: true, reconstructed: [change] },
  }),
  sampleTrial(3, { fitness: null, state: 'failed', error: failure }),
]
const exported = {
  id: 1,
  trialId: 102,
  importId: null,
  format: 'tfjs' as const,
  folder: '/home/ada/exports/2',
  files: [{ name: 'model.json', sizeBytes: 2048, sha256: '' }],
  createdAt: '',
  proof: {
    runtime: 'tfjs 4.22.0 cpu',
    images: 100,
    split: 'test' as const,
    largestDifference: 3e-6,
    largestLogitDifference: 4e-6,
    largestScoreDifference: 2e-5,
    sizeBytes: 2048,
    latency: { median: 1.5, p95: 2.25, runs: 50 },
    firstDifference: null,
    rounding: null,
    randomInputs: 16,
    verdict: 'equal' as const,
    reason: null,
    tolerance: 1e-4,
    samePredictions: 100,
    accuracy: 0.52,
    passed: true,
  },
}

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

async function open(changes: Partial<FakeState> = {}): Promise<void> {
  mounted = mountWithEngine(ResultsView, { runs: [sampleRun({ bestTrialId: 102 })], trials, ...changes })
  useNavigationStore().selectRun('run-1')
  await eventually(() => expect(rows().length).toBeGreaterThan(0))
}
const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-testid="${testIds.tableRow}"]`)]
const numbers = (): string[] =>
  rows().map((row) => row.querySelectorAll('[role="gridcell"]')[1]?.textContent?.trim() ?? '')

describe('the table', () => {
  it('starts with the best, puts what has no accuracy last, and sorts by a header', async () => {
    await open()
    expect(numbers()).toEqual(['2', '1', '3'])
    await clickById('sort-number')
    await eventually(() => expect(numbers()).toEqual(['3', '2', '1']))
  })

  it('says beside the run which size its accuracies are of, where that is not the data’s', async () => {
    await open()
    expect(mounted.wrapper.text()).not.toContain('px')
    mounted.wrapper.unmount()
    const run = sampleRun({ bestTrialId: 102 })
    const small = { ...run, definition: { ...run.definition, data: { ...run.definition.data, resolution: 16 } } }
    await open({ runs: [small] })
    await untilText(mounted.wrapper, '16 × 16 px')
  })

  it('filters by state and by what the proposer touched', async () => {
    await open()
    await clickById(testIds.stateChip('failed'))
    await eventually(() => expect(numbers()).toEqual(['3']))
    await clickById(testIds.stateChip('failed'))
    await clickById(testIds.stateChip('proposed'))
    await eventually(() => expect(numbers()).toEqual(['2']))
  })

  it('draws curves of nothing that a filter leaves out, and says why a chart is empty', async () => {
    await open()
    const store = useResultsStore()
    useNavigationStore().trialId = 102
    expect(store.compared.map(({ number }) => number)).toEqual([2])
    store.toggleTick(101)
    await clickById(testIds.stateChip('failed'))
    expect(store.compared).toEqual([])
    await untilText(mounted.wrapper, '0 of 1 compared')
    await untilText(mounted.wrapper, 'The filters leave no finished trial.')
    expect(mounted.wrapper.text()).not.toContain('Appears with the first finished trial')
  })

  it('unticks a box again that would be one too many', async () => {
    const many = Array.from({ length: 8 }, (_, index) => sampleTrial(index + 1))
    await open({ trials: many })
    const boxes = (): HTMLInputElement[] => rows().map((row) => row.querySelector<HTMLInputElement>('input')!)
    for (const box of boxes()) box.click()
    await nextTick()
    await nextTick()
    expect(boxes().filter(({ checked }) => checked)).toHaveLength(MAX_TICKED)
    expect(useResultsStore().ticked.size).toBe(MAX_TICKED)
  })

  it('has the focus again when the trial beside it is closed, by its button or by Escape', async () => {
    await open()
    const table = await findById(testIds.trialsTable)
    for (const close of [
      () => clickById(testIds.closeDrawer),
      async () => {
        const drawer = await findById(testIds.trialDrawer)
        drawer.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
      },
    ]) {
      useNavigationStore().trialId = 102
      const button = await findById(testIds.closeDrawer)
      button.focus()
      await close()
      await nextTick()
      expect(useNavigationStore().trialId).toBeNull()
      expect(document.activeElement).toBe(table)
    }
  })

  it('moves by keys and keeps its place when trials stream in', async () => {
    await open()
    const table = await findById(testIds.trialsTable)
    const down = (): boolean => table.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))
    down()
    await eventually(() => expect(useNavigationStore().trialId).toBe(102))
    await nextTick()
    down()
    await eventually(() => expect(useNavigationStore().trialId).toBe(101))
    mounted.engine.state.trials = [...trials, sampleTrial(9, { fitness: 0.9 })]
    mounted.engine.push()
    await eventually(() => expect(numbers()).toEqual(['9', '2', '1', '3']))
    expect(useNavigationStore().trialId).toBe(101)
  })

  it('copies what is shown, in its order, as CSV', async () => {
    await open()
    await clickById(testIds.copyCsv)
    await eventually(() => expect(mounted.host.copied).toHaveLength(1))
    const lines = mounted.host.copied[0]?.split('\r\n') ?? []
    expect(lines[0]).toBe('Trial,State,Accuracy,Parameters,MACs,Blocks,Generation,Origin,Proposed,Epochs,Time')
    expect(lines[1]).toMatch(/^2,finished,0\.6,/)
    expect(lines).toHaveLength(5)
  })

  it('says how many rungs each trial reached, where the run trains in rungs', async () => {
    const rung = { epochs: 1, fitness: 0.4, place: 1, promotedAmong: null }
    const climbed = sampleTrial(2, { fidelity: { rungs: [rung, rung], endedEarly: null, inherited: null } })
    const { definition } = sampleRun()
    await open({
      trials: [sampleTrial(1), climbed],
      runs: [sampleRun({ definition: { ...definition, fidelity: { ...definition.fidelity, firstRung: 1 } } })],
    })
    await clickById('sort-rungs')
    await eventually(() => expect(numbers()).toEqual(['2', '1']))
    await clickById(testIds.copyCsv)
    await eventually(() => expect(mounted.host.copied).toHaveLength(1))
    const [heads, first] = (mounted.host.copied[0] ?? '').split('\r\n').map((line) => line.split(','))
    expect(first?.[heads?.indexOf('Rungs') ?? -1]).toBe('2')
  })

  it('has what trials took as columns to be asked for, sorted with the unmeasured last', async () => {
    const usage = {
      cores: 0.97,
      countedSeconds: 60,
      peakMemoryBytes: 5e8,
      cardUtilisation: 0.5,
      cardReadings: 3,
      peakCardMemoryBytes: 2 ** 30,
    }
    await open({
      trials: [sampleTrial(1), sampleTrial(2, { usage }), sampleTrial(3, { usage: { ...usage, cores: 1.9 } })],
    })
    const store = useResultsStore()
    expect(document.querySelector('[data-testid="sort-cores"]')).toBeNull()
    for (const id of ['cores', 'card', 'cardMemory']) store.toggleColumn(id)
    await clickById('sort-cores')
    await eventually(() => expect(numbers()).toEqual(['3', '2', '1']))
    const texts = (row: number): string => rows()[row]?.textContent ?? ''
    expect(texts(1)).toContain('0.97')
    expect(texts(1)).toContain('50 %')
    expect(texts(1)).toContain('1.0 GiB')
    expect(texts(2)).not.toMatch(/0\.00|0 B/)
  })

  it('begins with a column of an update hidden where the choice is an older one, and keeps the choice', () => {
    const added = ['cores', 'memory', 'card', 'cardMemory', 'device']
    expect(withNewHidden(['hash', 'macs'], FIRST_OPTIONAL)).toEqual(['hash', 'macs', ...added])
    expect(withNewHidden(['hash', 'cores'], DEFAULT_HIDDEN)).toEqual(['hash', 'cores'])
  })

  it('draws only what is seen of 10,000 rows', async () => {
    await open({ trials: Array.from({ length: 10_000 }, (_, index) => sampleTrial(index + 1)) })
    expect(rows().length).toBeLessThan(60)
    expect((await findById(testIds.trialsTable)).getAttribute('aria-rowcount')).toBe('10001')
  })

  it('compares as many trials as there are colours', async () => {
    await open({ trials: Array.from({ length: 8 }, (_, index) => sampleTrial(index + 1)) })
    const store = useResultsStore()
    const ticks = Array.from({ length: 8 }, (_, index) => store.toggleTick(101 + index))
    expect(ticks.filter(Boolean)).toHaveLength(MAX_TICKED)
    expect(store.compared).toHaveLength(MAX_TICKED)
  })
})

describe('one trial', () => {
  it('shows where it came from and what the proposer put where', async () => {
    await open()
    useNavigationStore().trialId = 102
    const drawer = await findById(testIds.trialDrawer)
    expect(drawer.textContent).toContain('The proposer replaced 1 block')
    expect(drawer.textContent).toContain('62 %')
    expect(drawer.textContent).toContain('Drawn by these chances')
    expect(drawer.textContent).toContain('Trial 1, 40.0 %')
  })

  it('shows what it took of the machine, as far as it was measured', async () => {
    const usage = {
      cores: 0.973,
      countedSeconds: 60,
      peakMemoryBytes: 612 * 2 ** 20,
      cardUtilisation: null,
      cardReadings: 0,
      peakCardMemoryBytes: null,
    }
    await open({ trials: [sampleTrial(1, { usage, device: 'CPU X, 1 thread' }), sampleTrial(2)] })
    useNavigationStore().trialId = 101
    const drawer = await findById(testIds.trialDrawer)
    expect(drawer.textContent).toContain('Cores busy0.97')
    expect(drawer.textContent).toContain('Peak memory612 MiB')
    expect(drawer.textContent).toContain('Trained on CPU X, 1 thread')
    expect(drawer.textContent).not.toMatch(/Card busy|Card memory/)
    useNavigationStore().trialId = 102
    await eventually(() => expect(document.querySelector('aside')?.textContent).toContain('Trial 2'))
    expect(document.querySelector('aside')?.textContent).not.toMatch(/Cores busy|Peak memory|Trained on/)
  })

  it('that failed says why, what to do, and offers no export', async () => {
    await open()
    useNavigationStore().trialId = 103
    const drawer = await findById(testIds.trialDrawer)
    expect(drawer.textContent).toContain('It needed 3 GiB.')
    expect(drawer.textContent).toContain('Use a smaller batch.')
    expect(((await findById(testIds.exportTrial)) as HTMLButtonElement).disabled).toBe(true)
  })

  it('cannot be exported where another program holds the workspace, and says so', async () => {
    await open({ status: sampleReadOnlyStatus() })
    useNavigationStore().trialId = 102
    await untilText(mounted.wrapper, 'open read-only, so nothing can be exported here')
    expect(((await findById(testIds.exportTrial)) as HTMLButtonElement).disabled).toBe(true)
  })

  it('exports and shows the proof', async () => {
    await open({
      exportProgress: [
        { stage: 'writing', message: '', result: null },
        { stage: 'proving', message: '', result: null },
        { stage: 'done', message: '', result: exported },
      ],
    })
    useNavigationStore().trialId = 102
    await clickById(testIds.exportTrial)
    const proof = await findById(testIds.proofCard)
    expect(proof.dataset['verdict']).toBe('equal')
    expect(proof.textContent).toContain('100 of 100')
    expect(proof.textContent).toContain('3.0e-6 (tolerance 1.0e-4)')
    expect(proof.textContent).toContain('1.50 ms, 95 % within 2.25 ms')
    expect(mounted.engine.calls.find((call) => call.path === 'exports.create')?.input).toEqual({
      trialId: 102,
      importId: null,
      format: 'tfjs',
      options: {},
      folder: null,
      prove: true,
      allImages: false,
    })
  })

  it('exports with what was chosen of the format, says when nothing was compared, and compares later', async () => {
    const unproven = { ...exported, format: 'onnx' as const, proof: null }
    await open({ exports: [unproven], exportProgress: [{ stage: 'done', message: '', result: unproven }] })
    useNavigationStore().trialId = 102
    await untilText(mounted.wrapper, 'Nothing was compared')
    await clickById(testIds.proveAgain)
    await vi.waitFor(() =>
      expect(mounted.engine.calls.find((call) => call.path === 'exports.prove')?.input).toEqual({
        allImages: false,
        folder: '/home/ada/exports/2',
      }),
    )
    await clickById(testIds.exportOptions)
    await untilText(mounted.wrapper, 'Prove that the files compute the same')
    // tfjs has no options of its own; whether it is compared can be chosen of every format that holds values.
    expect(mounted.wrapper.text()).not.toContain('Softmax in the model')
  })

  it('compares on every test image where that is asked for', async () => {
    await open({ exportProgress: [{ stage: 'done', message: '', result: exported }] })
    useNavigationStore().trialId = 102
    await clickById(testIds.exportOptions)
    await clickById(testIds.exportWhole)
    await clickById(testIds.exportTrial)
    await eventually(() =>
      expect(mounted.engine.calls.find((call) => call.path === 'exports.create')?.input).toMatchObject({
        trialId: 102,
        allImages: true,
      }),
    )
  })

  it('shows a zip only of the export that stands there', async () => {
    await open({ exports: [exported], exportProgress: [{ stage: 'done', message: '', result: exported }] })
    useNavigationStore().trialId = 102
    await clickById(testIds.bundle)
    expect((await findById(testIds.bundleFile)).textContent).toContain('/home/ada/exports/2.zip')
    await clickById(testIds.exportTrial)
    await eventually(() => expect(document.querySelector(`[data-testid="${testIds.bundleFile}"]`)).toBeNull())
    await findById(testIds.proofCard)
    expect(document.querySelector(`[data-testid="${testIds.bundleFile}"]`)).toBeNull()
  })

  it('shows a proof that failed as a failure', async () => {
    await open({
      exports: [
        {
          ...exported,
          proof: {
            ...exported.proof,
            passed: false,
            verdict: 'different',
            samePredictions: 97,
            largestDifference: 0.2,
            firstDifference: { layer: 'stage/2.conv', difference: 0.5 },
          },
        },
      ],
    })
    useNavigationStore().trialId = 102
    const proof = await findById(testIds.proofCard)
    expect(proof.dataset['verdict']).toBe('different')
    expect(proof.textContent).toContain('differs')
    expect(proof.textContent).toContain('stage/2.conv')
  })

  it('does not call a proof one that cannot tell', async () => {
    await open({ exports: [{ ...exported, proof: { ...exported.proof, passed: false, verdict: 'cannot-tell' } }] })
    useNavigationStore().trialId = 102
    const proof = await findById(testIds.proofCard)
    expect(proof.textContent).toContain('cannot be told')
    expect(proof.textContent).not.toContain('computes the same.')
  })

  it('keeps a failed export with its reason and lets it be tried again', async () => {
    await open({
      failures: new Map([['exports.create', new AppError('storage-failed', 'The disk is full.', 'Free 20 MiB.')]]),
    })
    useNavigationStore().trialId = 102
    await clickById(testIds.exportTrial)
    await untilText(mounted.wrapper, 'The disk is full.')
    expect(mounted.wrapper.text()).toContain('Try again')
  })
})

describe('without results', () => {
  it('sends the user to Search', async () => {
    mounted = mountWithEngine(ResultsView)
    await untilText(mounted.wrapper, 'No results yet')
  })
})
