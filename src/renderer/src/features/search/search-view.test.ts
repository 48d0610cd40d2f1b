// Search as a user meets it, on the real contract with a fake engine behind.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleReadOnlyStatus, sampleRun } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import UiSelect from '@/components/ui/UiSelect.vue'
import { clickById, eventually, findById, untilText } from '@/testing/until'
import { useDefinitionStore } from '@/stores/definition.store'
import { AppError } from '@shared/errors'
import type { RunDefinition } from '@shared/search/run'
import { FIRST_LIGHT } from '@shared/search/samples'
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

describe('an empty workspace', () => {
  it('offers the sample and starts it with one click', async () => {
    mounted = mountWithEngine(SearchView)
    await untilText(mounted.wrapper, 'No run yet')
    await clickById(testIds.startSample)
    await eventually(() => expect(created()).toMatchObject({ name: 'Five minutes', populationSize: 3 }))
    const paths = mounted.engine.calls.map(({ path }) => path)
    // What it trains on is brought first, with its progress.
    expect(paths.indexOf('datasets.get')).toBeGreaterThan(-1)
    expect(paths.indexOf('datasets.get')).toBeLessThan(paths.indexOf('searches.create'))
  })

  it('starts nothing where the data set cannot be fetched, and says why', async () => {
    const failures = new Map([['datasets.get', new AppError('dataset-missing', 'No network.', 'Connect it.')]])
    mounted = mountWithEngine(SearchView, { failures })
    await clickById(testIds.startSample)
    await untilText(mounted.wrapper, 'Connect it.')
    expect(created()).toBeUndefined()
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

  it('repeats the ablations of the paper, tells its runs before they start and what they come to', async () => {
    const rows = [
      { label: 'rate 0', networks: 4, mean: 0.3 },
      {
        ...{ label: 'rate 0.4', networks: 4, mean: 0.4, counts: { better: 4, equal: 0, worse: 0 } },
        difference: { pairs: 4, mean: 0.1, low: 0.05, high: 0.15 },
      },
    ]
    const words = ['rate 0.4: 10.0 points better than untouched.']
    const end = { type: 'summary' as const, summary: { rows, words }, runs: [], report: '/home/ada/report.html' }
    mounted = mountWithEngine(SearchView, { paper: [end] })
    await clickById(testIds.openPaper)
    await eventually(() => expect(document.body.textContent).toContain('5 runs, one after another: rate 0 · rate 0.2'))
    await type(testIds.paperNetworks, '4')
    await clickById(testIds.startPaper)
    await eventually(() => expect(document.body.textContent).toContain(words[0]))
    expect(document.body.textContent).toContain('5.0 to 15.0')
    expect(mounted.engine.calls.find(({ path }) => path === 'ablations.paper')?.input).toMatchObject({
      of: 'table-4',
      networks: 4,
      rates: [0, 0.2, 0.4, 0.6, 0.8],
      base: { data: { dataset: 'cifar-10' } },
    })
  })

  it('says why an ablation of the paper ended early', async () => {
    const failures = new Map([['ablations.paper', new AppError('conflict', 'Another comparison is going.', 'Wait.')]])
    mounted = mountWithEngine(SearchView, { failures })
    await clickById(testIds.openPaper)
    await clickById(testIds.startPaper)
    await eventually(() => expect(document.body.textContent).toContain('Another comparison is going.'))
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
