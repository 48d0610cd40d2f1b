// Copies of the database in the window: where a damaged or older database is told, and where the engine cannot run for it.
import { afterEach, expect, it } from 'vitest'
import EngineBanner from '@/app/frame/EngineBanner.vue'
import { testIds } from '@/lib/ids'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleReport } from '@/testing/samples'
import { clickById, eventually, findById, untilText } from '@/testing/until'
import { AppError } from '@shared/errors'
import RuntimeView from './RuntimeView.vue'

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

const backups = [
  {
    name: 'workspace-2026-03-04.sqlite',
    file: '/w/backups/workspace-2026-03-04.sqlite',
    sizeBytes: 2 ** 20,
    at: '2026-03-04T10:00:00Z',
    runs: 3,
    trials: 1200,
  },
  {
    name: 'old.sqlite',
    file: '/w/backups/old.sqlite',
    sizeBytes: 10,
    at: '2026-03-01T10:00:00Z',
    runs: null,
    trials: null,
  },
]
const inPage = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)
const untilEnabled = () =>
  eventually(() => expect(inPage(testIds.restoreConfirm)!.hasAttribute('disabled')).toBe(false))
const restored = () => mounted.engine.calls.filter(({ path }) => path === 'runtime.restore').map(({ input }) => input)

it('are offered beside what the doctor says of the database, and put back when confirmed', async () => {
  const behind = {
    id: 'database',
    title: 'Database',
    status: 'warning' as const,
    found: 'It is older.',
    fix: 'Put a copy back.',
  }
  mounted = mountWithEngine(RuntimeView, { backups, report: { ...sampleReport(), checks: [behind] } })
  await untilText(mounted.wrapper, 'It is older.')
  await clickById(testIds.restoreOpen)
  await findById(testIds.restoreCopy('old.sqlite'))
  expect(inPage(testIds.restoreDialog)!.textContent).toMatch(/1,200.*1(\.0)? MiB/s)
  expect(inPage(testIds.restoreConfirm)!.hasAttribute('disabled')).toBe(true)
  inPage(testIds.restoreCopy('workspace-2026-03-04.sqlite'))!.click()
  await untilEnabled()
  inPage(testIds.restoreConfirm)!.click()
  await findById(testIds.restoreResult)
  expect(restored()).toEqual([{ name: 'workspace-2026-03-04.sqlite' }])
  expect(inPage(testIds.restoreResult)!.textContent).toContain('/home/ada/backups/replaced-1.sqlite')
})

it('that are refused say why, where the button is', async () => {
  const refusal = new AppError('conflict', 'run 4 "x" is going on.', 'Pause it, then put the copy back.')
  mounted = mountWithEngine(RuntimeView, { backups, failures: new Map([['runtime.restore', refusal]]) })
  await untilText(mounted.wrapper, 'Copies of the database')
  await mounted.wrapper
    .findAll('button')
    .find((button) => button.text() === 'Copies of the database')!
    .trigger('click')
  await findById(testIds.restoreCopy('old.sqlite'))
  inPage(testIds.restoreCopy('old.sqlite'))!.click()
  await untilEnabled()
  inPage(testIds.restoreConfirm)!.click()
  await eventually(() =>
    expect(inPage(testIds.restoreDialog)!.textContent).toContain('Pause it, then put the copy back.'),
  )
  expect(inPage(testIds.restoreResult)).toBeNull()
})

it('are offered where the engine cannot run for its database, and only there', async () => {
  mounted = mountWithEngine(EngineBanner, { backups })
  mounted.host.setEngineState({ state: 'failed', message: 'the disk is full' })
  await untilText(mounted.wrapper, 'the disk is full')
  expect(inPage(testIds.restoreOpen)).toBeNull()
  mounted.host.setEngineState({ state: 'failed', message: 'malformed', canRestore: true })
  await findById(testIds.restoreOpen)
  expect(mounted.wrapper.text()).toContain('A copy of the database can be put back')
  await clickById(testIds.restoreOpen)
  await findById(testIds.restoreCopy('old.sqlite'))
})
