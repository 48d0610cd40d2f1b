// Importing as a user does it: a folder chosen, what it was taken for, a request, progress, a report, or what went wrong.
import { afterEach, describe, expect, it } from 'vitest'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleDataset, sampleReadOnlyStatus } from '@/testing/samples'
import { testIds } from '@/lib/ids'
import { useWorkStore } from '@/stores/work.store'
import { clickById, eventually, findById, untilText } from '@/testing/until'
import type { ImportReport, Recognised } from '@shared/contract/datasets'
import { AppError } from '@shared/errors'
import DataView from './DataView.vue'
import { emptyForm, requestOf, withRecognised } from './import-form'

const recognised: Recognised = {
  kind: 'class-folders',
  classes: 3,
  images: 1200,
  hasTest: false,
  shape: null,
  suggestedName: 'fruits',
  preview: null,
  notes: [],
  question: null,
}
const report: ImportReport = {
  kind: 'class-folders',
  path: '/home/ada/fruits',
  options: { policy: 'crop', testShare: 1 / 6, seed: 0 },
  testFrom: 'share',
  notes: ['No test split is given: 200 of 1200 images became it.'],
  sizes: {
    height: { min: 10, median: 50, max: 90 },
    width: { min: 10, median: 60, max: 90 },
    common: [{ height: 50, width: 60, count: 3 }],
    distinct: 40,
  },
  skipped: { count: 1, files: [{ file: 'apple/7.png', reason: 'is a damaged PNG' }] },
  duplicates: {
    exact: { withinTrain: 2, withinTest: 0, across: 1 },
    near: { withinTrain: 0, withinTest: 0, across: 0 },
    examples: [{ first: 'apple/1.png', second: 'apple/2.png', isExact: true, isAcross: true }],
  },
}
const fruits = sampleDataset({ name: 'fruits', title: 'fruits', isImported: true, classes: ['apple', 'pear', 'plum'] })
/** Opens a list by its control and takes the option with that text. */
async function chooseOption(control: HTMLElement, text: string): Promise<void> {
  control.dispatchEvent(new FocusEvent('focus'))
  control.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  const option = await eventually(() => {
    const found = [...document.querySelectorAll<HTMLElement>('[role="option"]')].find(
      ({ textContent }) => textContent?.trim() === text,
    )
    if (found === undefined) throw new Error(`no option "${text}"`)
    return found
  })
  option.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
}

const bodyText = (): string => document.body.textContent ?? ''

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

async function openDialog(choice = 'Choose a folder'): Promise<void> {
  await untilText(mounted.wrapper, 'CIFAR-10')
  await clickById(testIds.importDataset)
  await findById(testIds.importDialog)
  const choose = document.querySelector<HTMLButtonElement>(`[aria-label="${choice}"]`)
  choose?.click()
}

describe('the import dialog', () => {
  it('takes a folder, says what it is, imports it, chooses it and shows what was found', async () => {
    mounted = mountWithEngine(DataView, {
      datasets: [sampleDataset()],
      recognised,
      importProgress: [
        { stage: 'writing', fraction: 0.5, message: '600 of 1200 images read' },
        { stage: 'ready', fraction: 1, message: 'fruits is ready' },
      ],
      inspections: [
        { dataset: fruits, classCounts: { train: [1, 1, 1], test: [1, 1, 1] }, source: '', createdAt: '', report },
      ],
    })
    await openDialog()
    await eventually(() =>
      expect(bodyText()).toContain('Folders of classes: 3 classes, 1,200 images, without a test split.'),
    )
    expect(((await findById(testIds.importName)) as HTMLInputElement).value).toBe('fruits')
    mounted.engine.state.datasets = [sampleDataset(), fruits]
    await clickById(testIds.importStart)
    const shown = await findById(testIds.importReport)
    const asked = mounted.engine.calls.find(({ path }) => path === 'datasets.import')?.input
    expect(asked).toMatchObject({
      path: '/home/ada/models',
      name: 'fruits',
      size: [32, 32],
      policy: 'crop',
      kind: null,
    })
    expect(shown.textContent).toContain('Exact duplicates: 2 in training, 0 in test, 1 test images also in training')
    expect(shown.textContent).toContain('apple/7.png: is a damaged PNG')
    expect(document.querySelector(`[data-testid="${testIds.importDialog}"]`)).toBeNull()
  })

  it('keeps the reason of a failure and what was typed', async () => {
    const failures = new Map([
      ['datasets.import', new AppError('dataset-damaged', 'The archive is damaged.', 'Get it again.')],
    ])
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset()], recognised, failures })
    await openDialog()
    await eventually(() => expect(bodyText()).toContain('Folders of classes'))
    await clickById(testIds.importStart)
    await eventually(() => expect(bodyText()).toContain('The archive is damaged.'))
    expect(((await findById(testIds.importName)) as HTMLInputElement).value).toBe('fruits')
  })

  it('stops an import that is under way', async () => {
    mounted = mountWithEngine(DataView, {
      datasets: [sampleDataset()],
      recognised,
      importProgress: [{ stage: 'writing', fraction: 0.25, message: '300 of 1200 images read' }],
    })
    await openDialog()
    await eventually(() => expect(bodyText()).toContain('Folders of classes'))
    await clickById(testIds.importStart)
    await eventually(() => expect(bodyText()).toContain('300 of 1200 images read'))
    await clickById(testIds.importCancel)
    await eventually(() => expect(bodyText()).not.toContain('300 of 1200 images read'))
  })

  it('takes an archive as well', async () => {
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset()], recognised })
    await openDialog('Choose an archive or a table')
    await eventually(() => expect(bodyText()).toContain('Folders of classes'))
    expect(mounted.engine.calls).toContainEqual({
      path: 'datasets.recognise',
      input: { path: '/home/ada/pictures.zip', kind: null, splits: null },
    })
  })

  it('shows classes and splits before anything is written, with the choices it would make', async () => {
    const preview = [
      { name: 'apple', train: 10, test: 2, open: 0 },
      { name: 'pear', train: 0, test: 0, open: 7 },
    ]
    const notes = ['docs lies beside the splits: 4 images of it were left out.']
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset()], recognised: { ...recognised, preview, notes } })
    await openDialog()
    const shown = (await findById(testIds.importPreview)).textContent
    expect(shown).toContain('apple: 10 to train on, 2 for the test')
    expect(shown).toContain('pear: 7 images')
    expect(shown).toContain('docs lies beside the splits')
    expect(mounted.engine.calls.some(({ path }) => path === 'datasets.import')).toBe(false)
  })

  it('asks what folders are that only look like splits, and imports nothing before that is said', async () => {
    const question = { train: 'seg_train', test: 'seg_test' }
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset()], recognised: { ...recognised, question } })
    await openDialog()
    const choice = (await findById(testIds.importSplits)) as HTMLElement
    expect(((await findById(testIds.importStart)) as HTMLButtonElement).disabled).toBe(true)
    mounted.engine.state.recognised = recognised
    await chooseOption(choice, 'Splits: seg_train is training, seg_test is the test')
    await eventually(() =>
      expect(mounted.engine.calls).toContainEqual({
        path: 'datasets.recognise',
        input: { path: '/home/ada/models', kind: null, splits: question },
      }),
    )
    await clickById(testIds.importStart)
    await eventually(() =>
      expect(mounted.engine.calls.find(({ path }) => path === 'datasets.import')?.input).toMatchObject({
        splits: question,
      }),
    )
  })

  it('goes on when its dialog is closed, and is listed until it was looked at', async () => {
    const importProgress = [{ stage: 'writing' as const, fraction: 0.5, message: 'Half' }]
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset()], recognised, importProgress })
    await openDialog()
    const start = (await findById(testIds.importStart)) as HTMLButtonElement
    await eventually(() => expect(start.disabled).toBe(false))
    start.click()
    await findById(testIds.importCancel)
    const dialog = await findById(testIds.importDialog)
    dialog.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    const work = useWorkStore()
    await eventually(() => expect(work.items).toMatchObject([{ title: 'Import of the data set fruits' }]))
    work.items[0]?.open()
    await eventually(() => expect(bodyText()).toContain('Half'))
    expect(work.items).toEqual([])
  })

  it('says when a folder is nothing it knows', async () => {
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset()] })
    await openDialog()
    await eventually(() => expect(bodyText()).toContain('holds no files.'))
    expect(((await findById(testIds.importStart)) as HTMLButtonElement).disabled).toBe(true)
  })
})

describe('where another program holds the workspace', () => {
  it('nothing can be imported, and the reason is told', async () => {
    mounted = mountWithEngine(DataView, { datasets: [sampleDataset()], status: sampleReadOnlyStatus() })
    await untilText(mounted.wrapper, 'open read-only, so nothing can be imported here')
    expect(((await findById(testIds.importDataset)) as HTMLButtonElement).disabled).toBe(true)
  })
})

describe('the form of an import', () => {
  it('takes over what was recognised, but not over what was typed', () => {
    expect(withRecognised({ ...emptyForm(), path: '/a' }, recognised)).toMatchObject({ name: 'fruits', size: 32 })
    const typed = { ...emptyForm(), path: '/a', name: 'mine', size: 64 }
    expect(withRecognised(typed, recognised)).toMatchObject({ name: 'mine', size: 64 })
    expect(withRecognised(emptyForm(), { ...recognised, shape: [28, 28, 1] }).size).toBeNull()
  })

  it('becomes a request, or a problem for each field', () => {
    const form = { ...emptyForm(), path: ' /a ', name: 'mine', size: 24, channels: '1' as const, testShare: 25 }
    expect(requestOf(form).request).toMatchObject({ path: '/a', size: [24, 24], channels: 1, testShare: 0.25 })
    const { request, problems } = requestOf({ ...form, name: 'Not good', size: 0, testShare: 80 })
    expect(request).toBeNull()
    expect(Object.keys(problems).sort()).toEqual(['name', 'size', 'testShare'])
  })
})
