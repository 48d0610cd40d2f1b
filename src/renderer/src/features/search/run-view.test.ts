// A run as a user meets it, on the real contract with a fake engine behind.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleRun, sampleStatus, sampleTrial } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import { chooseById, clickById, eventually, findById, untilText } from '@/testing/until'
import { useDefinitionStore } from '@/stores/definition.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { ZOO_NAMES } from '@shared/architecture/zoo'
import { AppError } from '@shared/errors'
import { RUN_STATE_RULES, RUN_STATES } from '@shared/search/run-states'
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
    await eventually(() => expect(orders()).toHaveLength(1))
    const up = (await findById(testIds.queueUp(12))) as HTMLButtonElement
    await eventually(() => expect(up.disabled).toBe(false))
    up.click()
    await eventually(() => expect(orders()).toMatchObject([{ first: [112, 113, 111] }, { first: [113, 112, 111] }]))
  })

  async function injectFromSegment(place: number): Promise<void> {
    const segment = await eventually(() => {
      const found = [...document.querySelectorAll<HTMLElement>(`[data-testid="${testIds.injectFrom}"] button`)].at(
        place,
      )
      if (!found) throw new Error('no sources yet')
      return found
    })
    segment.click()
  }
  /** Opens the dialog on the source at that place. */
  async function injectFrom(place: number): Promise<void> {
    await clickMenu('Put an architecture in')
    await injectFromSegment(place)
  }
  const injected = () => mounted.engine.calls.find(({ path }) => path === 'searches.inject')?.input

  it('takes a network of the zoo, to be evaluated next', async () => {
    mounted = mountWithEngine(SearchView, { runs: [sampleRun()], trials })
    await injectFrom(2)
    await eventually(() => expect(document.body.textContent).toContain(ZOO_NAMES[0]))
    await clickById(testIds.confirmInject)
    await eventually(() => expect(injected()).toMatchObject({ architecture: { from: 'zoo' } }))
  })

  it('takes any finished trial of another run by its number, and nothing of the source before', async () => {
    const runs = [sampleRun(), sampleRun({ id: 'run-2', number: 2, state: 'finished', bestTrialId: 103 })]
    const many = Array.from({ length: 120 }, (_, index) => sampleTrial(index + 1))
    mounted = mountWithEngine(SearchView, { runs, trials: many })
    useNavigationStore().selectRun('run-1')
    await injectFrom(2)
    await injectFromSegment(1)
    const confirm = (await findById(testIds.confirmInject)) as HTMLButtonElement
    await eventually(() => expect(confirm.disabled).toBe(true))
    await chooseById(testIds.injectRun, 'Run 2')
    await type(testIds.trialPick, '117')
    await eventually(() => expect(confirm.disabled).toBe(false))
    confirm.click()
    await eventually(() => expect(injected()).toMatchObject({ architecture: { from: 'trial', id: 217 } }))
  })

  it('takes a genotype or a network in a file, and says what of it is no layer here', async () => {
    const refused = new AppError('invalid-architecture', 'LeakyRelu at "/act/LeakyRelu": there is no layer.')
    const failures = new Map([['searches.readInjection', refused]])
    mounted = mountWithEngine(SearchView, { runs: [sampleRun()], trials, failures })
    await injectFrom(3)
    await clickById(testIds.injectFile)
    await eventually(() => expect(document.body.textContent).toContain('/home/ada/pictures.zip'))
    await clickById(testIds.confirmInject)
    await eventually(() => expect(document.body.textContent).toContain('LeakyRelu at'))
    expect(injected()).toBeUndefined()
    mounted.engine.state.failures.clear()
    await clickById(testIds.confirmInject)
    await eventually(() => expect(injected()).toMatchObject({ architecture: { from: 'genotype' } }))
    const read = mounted.engine.calls.find(({ path }) => path === 'searches.readInjection')
    expect(read?.input).toEqual({ path: '/home/ada/pictures.zip' })
  })

  it('has a trial that waits ended only after asking, and says why it could not be', async () => {
    const waiting = [sampleTrial(11, { state: 'waiting', fitness: null })]
    const refused = new AppError('conflict', 'It trains already.', 'End it where it trains.')
    const failures = new Map([['trials.end', refused]])
    mounted = mountWithEngine(SearchView, { runs: [sampleRun()], trials: waiting, failures })
    await findById(testIds.queue)
    const ended = () => mounted.engine.calls.filter(({ path }) => path === 'trials.end')
    await clickById(testIds.endTrial)
    await findById(testIds.confirmEndTrial)
    expect(ended()).toEqual([])
    await clickById(testIds.confirmEndTrial)
    await eventually(() => expect(document.body.textContent).toContain('End it where it trains.'))
    mounted.engine.state.failures.clear()
    await clickById(testIds.confirmEndTrial)
    await eventually(() => expect(document.querySelector(`[data-testid="${testIds.confirmEndTrial}"]`)).toBeNull())
    expect(ended()).toHaveLength(2)
  })

  it('has single trials ended from where they train', async () => {
    const running = { ...trials[0]!, id: activities[0]!.trialId, state: 'running' as const }
    mounted = mountWithEngine(SearchView, { runs: [sampleRun()], trials: [running], activities, phase: 'training' })
    await clickById(testIds.endTrial)
    await clickById(testIds.confirmEndTrial)
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

  it('tells why it ended with its limit as people read it', async () => {
    const { definition } = sampleRun()
    const limited = { ...definition, maxSeconds: 5400, stopBelow: 0.005 }
    mounted = mountWithEngine(SearchView, {
      runs: [sampleRun({ state: 'finished', end: 'time', definition: limited })],
    })
    await untilText(mounted.wrapper, 'The time limit of 1 h 30 min was reached.')
    mounted.wrapper.unmount()
    mounted = mountWithEngine(SearchView, {
      runs: [sampleRun({ state: 'finished', end: 'gain', definition: limited })],
    })
    await untilText(mounted.wrapper, 'less than the noise of 0.50 %')
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
