// Search as a user meets it, on the real contract with a fake engine behind.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleReadOnlyStatus, sampleRun, sampleStatus, sampleTrial } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import UiSelect from '@/components/ui/UiSelect.vue'
import { clickById, eventually, findById, untilText } from '@/testing/until'
import { useDefinitionStore } from '@/stores/definition.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { ZOO_NAMES } from '@shared/architecture/zoo'
import { AppError } from '@shared/errors'
import type { RunDefinition } from '@shared/search/run'
import { FIRST_LIGHT } from '@shared/search/samples'
import { RUN_STATE_RULES, RUN_STATES } from '@shared/search/run-states'
import { userSpaceSchema } from '@shared/spaces/user/schema'
import SearchView from './SearchView.vue'

// There is no canvas here; what a chart is given is tested beside its option.
vi.mock('vue-echarts', () => ({ default: { render: () => null } }))

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

const type = async (id: string, value: string): Promise<void> => {
  const input = (await findById(id)) as HTMLInputElement
  input.value = value
  input.dispatchEvent(new Event('input'))
}
const created = (): RunDefinition | undefined =>
  (
    mounted.engine.calls.find((call) => call.path === 'searches.create')?.input as
      { definition: RunDefinition } | undefined
  )?.definition

/** Chooses a kind of space by its name. */
async function chooseKind(name: string): Promise<void> {
  const select = mounted.wrapper
    .findAllComponents(UiSelect)
    .find((found) => found.props('options').some(({ label }) => label === name))
  select?.vm.$emit('update:modelValue', select.props('options').find(({ label }) => label === name)?.value)
  await nextTick()
}

/** Chooses an entry of the run's menu, whose popup is outside of the view. */
async function clickMenu(label: string): Promise<void> {
  const button = await eventually(() => {
    const found = document.querySelector<HTMLElement>('[aria-label="More"]')
    if (!found) throw new Error('no menu yet')
    return found
  })
  button.click()
  const item = await eventually(() => {
    const found = [...document.querySelectorAll<HTMLElement>('[role="menuitem"]')].find(({ textContent }) =>
      textContent?.includes(label),
    )
    if (!found) throw new Error(`no entry “${label}”`)
    return found
  })
  item.click()
}

describe('an empty workspace', () => {
  it('offers the sample and starts it with one click', async () => {
    mounted = mountWithEngine(SearchView)
    await untilText(mounted.wrapper, 'No run yet')
    await clickById(testIds.startSample)
    await eventually(() => expect(created()).toMatchObject({ name: 'Five minutes', populationSize: 3 }))
  })

  it('that another program holds cannot be searched, and says so beside the sample', async () => {
    mounted = mountWithEngine(SearchView, { status: sampleReadOnlyStatus() })
    const sample = (await findById(testIds.startSample)) as HTMLButtonElement
    await eventually(() => expect(sample.disabled).toBe(true))
    expect(sample.closest('.ui-empty')?.textContent).toContain('open read-only, so no search can start here')
  })
})

describe('the definition', () => {
  it('shows few settings in Simple, all in Expert, and loses no value in between', async () => {
    mounted = mountWithEngine(SearchView)
    const count = (): number => document.querySelectorAll('[data-testid^="setting-"]').length
    await findById(testIds.setting('populationSize'))
    expect(count()).toBe(13)
    await type(testIds.setting('populationSize'), '7')
    mounted.wrapper
      .findAll('[data-testid="definition-detail"] button')[1]
      ?.element.dispatchEvent(new MouseEvent('click', { bubbles: true }))
    await eventually(() => expect(count()).toBeGreaterThan(30))
    expect(((await findById(testIds.setting('populationSize'))) as HTMLInputElement).value).toBe('7')
  })

  it('marks what is wrong beside its field and does not start it', async () => {
    mounted = mountWithEngine(SearchView)
    await type(testIds.setting('populationSize'), '0')
    await untilText(mounted.wrapper, 'at least 1')
    expect(mounted.wrapper.text()).toContain('1 setting needs a look')
    expect(((await findById(testIds.startRun)) as HTMLButtonElement).disabled).toBe(true)
    await type(testIds.setting('populationSize'), '')
    await untilText(mounted.wrapper, 'needs a number')
  })

  it('says what it comes to, and what the engine objects to', async () => {
    mounted = mountWithEngine(SearchView)
    await untilText(mounted.wrapper, '12 evaluations planned')
    mounted.engine.state.check = {
      problems: ['No chain of 10 blocks stays below 1 M multiply-accumulates.'],
      plannedEvaluations: 12,
      notes: [],
    }
    await type(testIds.setting('generations'), '4')
    await untilText(mounted.wrapper, 'No chain of 10 blocks')
    expect(((await findById(testIds.startRun)) as HTMLButtonElement).disabled).toBe(true)
  })

  it('takes the published experiment with its final training, and forecasts that too', async () => {
    mounted = mountWithEngine(SearchView)
    await untilText(mounted.wrapper, '12 evaluations planned')
    await clickById(testIds.presetPaper)
    await untilText(mounted.wrapper, '350 epochs from a rate of 0.01, comes after the search.')
    await clickById(testIds.askForecast)
    // 350 epochs for 6, from trainings of one and two minutes.
    await untilText(mounted.wrapper, '350 epochs from a rate of 0.01, would take about 58 min to 1 h 57 min more.')
    await clickById(testIds.presetFirstLight)
    await eventually(() => expect(mounted.wrapper.text()).not.toContain('350 epochs'))
  })

  it('forecasts what it would take, until the settings are others', async () => {
    mounted = mountWithEngine(SearchView)
    await untilText(mounted.wrapper, '12 evaluations planned')
    await clickById(testIds.askForecast)
    const told = '12 evaluations would take about 10 min to 20 min, 1.0 GiB of memory at the peak, 4.0 MiB of disk.'
    await untilText(mounted.wrapper, told)
    await untilText(mounted.wrapper, 'From 3 networks of the space, trained for a moment on this machine (20 s).')
    await type(testIds.setting('generations'), '4')
    await eventually(() => expect(mounted.wrapper.text()).not.toContain(told))
    await type(testIds.setting('generations'), '3')
    await untilText(mounted.wrapper, told)
  })

  it('starts what was typed and shows the run', async () => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun({ state: 'finished' })] })
    await type(testIds.setting('name'), 'Mine')
    await type(testIds.setting('maxEvaluations'), '5')
    await clickById(testIds.startRun)
    await eventually(() => expect(created()).toMatchObject({ name: 'Mine', maxEvaluations: 5 }))
    await untilText(mounted.wrapper, 'Run 2 · Mine')
  })

  it('takes a resolution, says beside it which is too small, and starts with it', async () => {
    mounted = mountWithEngine(SearchView)
    await type(testIds.setting('data.resolution'), '7')
    await untilText(mounted.wrapper, 'at least 8')
    await type(testIds.setting('data.resolution'), '16')
    await eventually(() => expect(mounted.wrapper.text()).not.toContain('at least 8'))
    await clickById(testIds.startRun)
    await eventually(() => expect(created()?.data.resolution).toBe(16))
  })

  it('asks about a program of the user’s once, and starts it only after a yes', async () => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun({ state: 'finished' })] })
    useDefinitionStore().set('evaluator', { kind: 'command' })
    await type(testIds.setting('evaluator.program'), '/home/ada/train.sh')
    await type(testIds.setting('evaluator.arguments'), '--epochs\n3\n')
    const asked: unknown[] = []
    let answer = false
    mounted.host.confirmCommand = (command) => (asked.push(command), Promise.resolve(answer))
    await clickById(testIds.startRun)
    await untilText(mounted.wrapper, 'You did not allow its program')
    expect(created()).toBeUndefined()
    answer = true
    await clickById(testIds.startRun)
    const command = { program: '/home/ada/train.sh', arguments: ['--epochs', '3'], folder: null }
    await eventually(() => expect(created()?.evaluator).toMatchObject({ kind: 'command', ...command }))
    expect(asked).toEqual([command, command])
    expect(mounted.engine.calls.map(({ path }) => path)).toContain('searches.allowCommand')
  })

  it('takes a space file of the user’s, its table too, and says what is wrong with one', async () => {
    const file = { format: 'gptnas-space/1', name: 'mine', positions: [{ name: 'a', choices: ['x', 'y'] }] }
    const table = { file: 't.csv', key: 'arch', fitness: 'score', costs: [] }
    const ownSpace = userSpaceSchema.parse({ kind: 'user', file: { ...file, table }, table: 'arch,score\n0,1\n1,2' })
    mounted = mountWithEngine(SearchView, { ownSpace })
    const store = useDefinitionStore()
    await chooseKind('A space of your own')
    await untilText(mounted.wrapper, 'mine: 1 position, with a table')
    expect(store.definition).toMatchObject({ space: { kind: 'user' }, evaluator: { kind: 'table' } })
    mounted.engine.state.ownSpace = null
    await clickById(testIds.chooseSpace)
    await untilText(mounted.wrapper, 'The space file could not be read')
    expect(store.definition?.space.kind).toBe('user')
    await chooseKind('NAS-Bench-201 cells')
    await eventually(() => expect(store.definition?.space).toMatchObject({ kind: 'nas-bench-201' }))
    expect(JSON.stringify(store.draft)).not.toContain('t.csv')
  })

  it('is searched with several strategies, and what they come to is said in words', async () => {
    const figures = { mean: 0.5, std: 0.1, low: 0.4, high: 0.6 }
    const words = ['Random is ahead of GPT-NAS.', 'So the difference is hardly chance.']
    const pair = { strategy: 'random', against: 'gpt-nas', pairs: 7, mean: 0.1, low: 0, high: 0.2, ahead: 1, p: 0.01 }
    const summary = {
      strategies: ['gpt-nas', 'random'].map((strategy) => ({
        strategy,
        seeds: 7,
        final: figures,
        report: null,
        curve: [],
      })),
      pairs: [{ ...pair, corrected: 0.01, words }],
      failures: [],
    }
    const end = { type: 'summary' as const, done: 14, total: 14, summary, report: '/home/ada/report.html' }
    mounted = mountWithEngine(SearchView, { ablation: [end] })
    await clickById(testIds.compareStrategies)
    await type(testIds.comparisonSeeds, '7')
    await clickById(testIds.startComparison)
    await eventually(() => expect(document.body.textContent).toContain(words.join(' ')))
    expect(mounted.engine.calls.find(({ path }) => path === 'ablations.run')?.input).toMatchObject({
      strategies: [FIRST_LIGHT.definition.strategy.name, 'random'],
      seeds: 7,
    })
    const report = [...document.querySelectorAll('button')].find(
      ({ textContent }) => textContent?.trim() === 'Show report',
    )
    report?.click()
    await eventually(() => expect(mounted.host.shown).toEqual(['/home/ada/report.html']))
  })

  it('lists a failed start among the problems, with its reason', async () => {
    const failures = new Map([
      ['searches.create', new AppError('read-only', 'Another workbench holds it.', 'Close the other one.')],
    ])
    mounted = mountWithEngine(SearchView, { failures })
    await clickById(testIds.startRun)
    const { useNoticesStore } = await import('@/stores/notices.store')
    await eventually(() =>
      expect(useNoticesStore().failures[0]?.error).toMatchObject({ code: 'read-only', fix: 'Close the other one.' }),
    )
  })
})

describe('a run', () => {
  const trials = [sampleTrial(3), sampleTrial(8, { state: 'running', fitness: null })]
  const activities = [
    {
      ...{ trialId: 108, trialNumber: 8, compute: 0, loss: 1.5 },
      ...{ epoch: 2, epochs: 3, step: 40, stepsPerEpoch: 125, validation: null },
    },
  ]

  it('shows progress, what trains, the best, the population and the journal, and follows changes', async () => {
    const journal = [
      { id: 1, at: '2026-11-24T09:00:00.000Z', level: 'info' as const, message: 'Run started.', trialId: null },
    ]
    mounted = mountWithEngine(SearchView, { runs: [sampleRun()], trials, activities, journal, phase: 'training' })
    await untilText(mounted.wrapper, '58 % done, about 5 min to 7 min left')
    expect(mounted.wrapper.text()).toContain('epoch 2 of 3, step 40 of 125')
    expect(mounted.wrapper.text()).toContain('53.0 %')
    expect(mounted.wrapper.text()).toContain('Run started.')
    const [training] = activities
    mounted.engine.state.activities = [{ ...training!, step: 125, validation: { images: 1500, of: 5000 } }]
    mounted.engine.push()
    await untilText(mounted.wrapper, 'epoch 2 of 3, validating (1,500 of 5,000 images)')
    mounted.engine.state.phase = 'proposing'
    mounted.engine.push()
    await untilText(mounted.wrapper, 'Proposing the next generation')
  })

  it('shows in training what its trials say, whatever computes have told of them by then', async () => {
    const done = sampleTrial(7)
    const started = sampleTrial(9, { state: 'running', fitness: null })
    const late = { ...activities[0]!, trialId: done.id, trialNumber: 7, compute: 1 }
    mounted = mountWithEngine(SearchView, {
      runs: [sampleRun()],
      trials: [...trials, done, started],
      activities: [...activities, late],
      phase: 'training',
    })
    const bars = () =>
      mounted.wrapper.findAll(`[data-testid="${testIds.activity}"]`).map((bar) => bar.text().replace(/\s+/g, ' '))
    await untilText(mounted.wrapper, 'epoch 2 of 3, step 40 of 125')
    const shown = bars()
    expect(shown[0]).toMatch(/^Trial 8 ?epoch 2 of 3/)
    expect(shown.filter((text) => text.startsWith('Trial 9'))).toEqual([expect.stringMatching(/starting$/)])
    expect(shown.some((text) => text.includes('Trial 7'))).toBe(false)
  })

  it('of a lower resolution says so, and how far its images are', async () => {
    const run = sampleRun()
    const small = { ...run, definition: { ...run.definition, data: { ...run.definition.data, resolution: 16 } } }
    const preparing = { stage: 'writing' as const, fraction: 0.5, message: 'Making CIFAR-10 at 16 x 16 pixels: half' }
    mounted = mountWithEngine(SearchView, { runs: [small], phase: 'preparing', preparing })
    await untilText(mounted.wrapper, 'Making CIFAR-10 at 16 x 16 pixels: half')
    expect(mounted.wrapper.text()).toContain('16 × 16 px')
    mounted.engine.state.preparing = null
    mounted.engine.push()
    await untilText(mounted.wrapper, 'Preparing the data')
  })

  it('says that a compute works for another run, instead of calling it idle', async () => {
    const status = sampleStatus()
    const [first, ...others] = status.computes
    const computes = [{ ...first!, state: 'busy' as const }, ...others]
    const runs = [sampleRun({ id: 'run-2', number: 2, state: 'running' }), sampleRun({ state: 'finished' })]
    mounted = mountWithEngine(SearchView, { runs, trials: [sampleTrial(3)], status: { ...status, computes } })
    useNavigationStore().selectRun('run-1')
    await untilText(mounted.wrapper, 'Compute 1 works for run 2')
    expect(mounted.wrapper.text()).not.toContain('Compute 1 is idle')
  })

  it('that stands takes other budgets, and tells only what was changed', async () => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun({ state: 'paused' })], trials })
    await clickMenu('Change budget')
    await type(testIds.change('maxEvaluations'), '40')
    await clickById(testIds.confirmChange)
    await eventually(() =>
      expect(mounted.engine.calls.find(({ path }) => path === 'searches.change')?.input).toMatchObject({
        values: { maxEvaluations: 40 },
      }),
    )
  })

  it('that goes takes bans, a line each', async () => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun()], trials })
    await clickMenu('Change budget')
    await type(testIds.change('bans'), 'common-max-pool\n2=resnet-basic')
    await clickById(testIds.confirmChange)
    await eventually(() =>
      expect(mounted.engine.calls.find(({ path }) => path === 'searches.change')?.input).toMatchObject({
        values: { bans: ['common-max-pool', '2=resnet-basic'] },
      }),
    )
  })

  it('has what waits in its order, and moves a trial first or one place up', async () => {
    const waiting = [11, 12, 13].map((number) =>
      sampleTrial(number, { state: 'waiting', fitness: null, queuePlace: number === 13 ? 0 : null }),
    )
    mounted = mountWithEngine(SearchView, { runs: [sampleRun()], trials: waiting })
    const queue = await findById(testIds.queue)
    expect(
      [...queue.querySelectorAll('li')].map(({ textContent }) => /Trial \d+/.exec(textContent ?? '')?.[0]),
    ).toEqual(['Trial 13', 'Trial 11', 'Trial 12'])
    const orders = () => mounted.engine.calls.filter(({ path }) => path === 'searches.order').map(({ input }) => input)
    await clickById(testIds.queueNext(12))
    await clickById(testIds.queueUp(12))
    await eventually(() => expect(orders()).toMatchObject([{ first: [112, 113, 111] }, { first: [113, 112, 111] }]))
  })

  it('takes a network of the zoo, to be evaluated next', async () => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun()], trials })
    await clickMenu('Put an architecture in')
    const segment = await eventually(() => {
      const found = [...document.querySelectorAll<HTMLElement>(`[data-testid="${testIds.injectFrom}"] button`)].at(-1)
      if (!found) throw new Error('no sources yet')
      return found
    })
    segment.click()
    await eventually(() => expect(document.body.textContent).toContain(ZOO_NAMES[0]))
    await clickById(testIds.confirmInject)
    await eventually(() =>
      expect(mounted.engine.calls.find(({ path }) => path === 'searches.inject')?.input).toMatchObject({
        architecture: { from: 'zoo' },
      }),
    )
  })

  it('has single trials ended from where they train', async () => {
    const running = { ...trials[0]!, id: activities[0]!.trialId, state: 'running' as const }
    mounted = mountWithEngine(SearchView, { runs: [sampleRun()], trials: [running], activities, phase: 'training' })
    await clickById(testIds.endTrial)
    await eventually(() =>
      expect(mounted.engine.calls).toContainEqual({ path: 'trials.end', input: { id: running.id } }),
    )
  })

  it('is replayed on demand, with the first trial that differs', async () => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun({ state: 'finished' })], trials })
    await clickMenu('Verify by replay')
    const told = async (text: string) => eventually(() => expect(document.body.textContent).toContain(text))
    await told('It comes out again.')
    await told('12 proposals were compared')
    mounted.wrapper.unmount()
    const difference = { trialNumber: 7, generation: 1, what: 'fitness' as const, stored: '0.5', replayed: '0.25' }
    const verification = { matches: false, generations: 1, proposals: 6, evaluations: 6, difference }
    mounted = mountWithEngine(SearchView, { runs: [sampleRun({ state: 'finished' })], trials, verification })
    await clickMenu('Verify by replay')
    await told('It comes out otherwise.')
    await told('Trial 7 of generation 2 has another fitness.')
  })

  it('counts what goes with it before it is removed', async () => {
    const counts = { ...sampleRun().counts, finished: 1 }
    mounted = mountWithEngine(SearchView, { runs: [sampleRun({ state: 'finished', counts })], trials })
    await clickMenu('Remove')
    await eventually(() => expect(document.body.textContent).toContain('Its finished trial, its curve and weights'))
  })

  it('gives its settings to the page where they are seen', async () => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun({ state: 'finished' })], trials })
    useDefinitionStore().page = 'runs'
    await clickMenu('Use its settings')
    await eventually(() => expect(useDefinitionStore().page).toBe('definition'))
  })

  it('shows a refused action under its name, with a button that tries again', async () => {
    const refused = new AppError('conflict', 'It is being measured.', 'Wait until that is done.')
    mounted = mountWithEngine(SearchView, {
      runs: [sampleRun()],
      trials,
      failures: new Map([['searches.pause', refused]]),
    })
    await clickById(testIds.pauseRun)
    await untilText(mounted.wrapper, 'Wait until that is done.')
    mounted.engine.state.failures.clear()
    const retry = [...document.querySelectorAll('button')].find(
      ({ textContent }) => textContent?.trim() === 'Try again',
    )
    retry?.click()
    await untilText(mounted.wrapper, 'Paused')
    expect(mounted.wrapper.text()).not.toContain('Wait until that is done.')
  })

  it('pauses and resumes without asking, stops only after asking', async () => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun()], trials })
    await clickById(testIds.pauseRun)
    await untilText(mounted.wrapper, 'Paused')
    await clickById(testIds.resumeRun)
    await findById(testIds.pauseRun)
    await clickById(testIds.stopRun)
    const paths = (): string[] => mounted.engine.calls.map((call) => call.path)
    await findById(testIds.confirmStop)
    expect(paths()).not.toContain('searches.stop')
    await clickById(testIds.confirmStop)
    await eventually(() => expect(paths()).toContain('searches.stop'))
  })

  it('that was interrupted says so', async () => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun({ state: 'interrupted', remaining: null })], trials })
    await untilText(mounted.wrapper, 'Resume loses no finished trial')
  })

  it.each(RUN_STATES)('that is %s offers what the engine would do, and nothing else', async (state) => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun({ state, remaining: null })], trials })
    await eventually(() => expect(mounted.wrapper.find(`[data-testid="${testIds.runState}"]`).exists()).toBe(true))
    const isOffered = (id: string): boolean => mounted.wrapper.find(`[data-testid="${id}"]`).exists()
    const { canPause, canResume, canStop } = RUN_STATE_RULES[state]
    expect({
      canPause: isOffered(testIds.pauseRun),
      canResume: isOffered(testIds.resumeRun),
      canStop: isOffered(testIds.stopRun),
    }).toEqual({ canPause, canResume, canStop })
  })

  it('that failed shows why and what to do', async () => {
    const error = { code: 'dataset-damaged' as const, message: 'The images changed.', fix: 'Get the data set again.' }
    mounted = mountWithEngine(SearchView, { runs: [sampleRun({ state: 'failed', error })], trials })
    await untilText(mounted.wrapper, 'The images changed.')
    expect(mounted.wrapper.text()).toContain('Get the data set again.')
  })
})
