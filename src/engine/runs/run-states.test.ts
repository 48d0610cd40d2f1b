// The engine held to the table of run states: every command on a run in every state.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RUN_STATE_RULES, RUN_STATES, type RunState } from '@shared/search/run-states'
import { updateRun } from '../storage/runs'
import { createHarness } from '../testing/harness'
import { newRun } from '../testing/run-fixtures'
import { endlessEpochs, small, type Harness } from '../testing/small-run'
import { temporaryFolder } from '../testing/temporary-folder'

let harness: Harness
beforeEach(() => {
  harness = createHarness({ folder: temporaryFolder(), evaluate: endlessEpochs(5) })
})
afterEach(() => harness.close())

/** A run in a state; one that goes has a task at work. */
async function given(state: RunState): Promise<void> {
  await harness.orchestrator.create(newRun('r', small))
  if (RUN_STATE_RULES[state].isGoing) await harness.orchestrator.resume('r')
  await harness.store.write((writer) => updateRun(writer, 'r', { state }))
}
const stateNow = async (): Promise<RunState> => (await harness.views.run('r')).state
const isRefused = (call: Promise<void>): Promise<boolean> =>
  call.then(
    () => false,
    (thrown: unknown) => {
      expect(thrown).toMatchObject({ code: 'conflict' })
      return true
    },
  )

describe.each(RUN_STATES)('a run that is %s', (state) => {
  const rules = RUN_STATE_RULES[state]
  beforeEach(() => given(state))

  it(`is ${rules.canResume ? '' : 'not '}resumed`, async () => {
    expect(await isRefused(harness.orchestrator.resume('r'))).toBe(!rules.canResume)
    expect(await stateNow()).toBe(rules.canResume ? 'running' : state)
  })

  it(`is ${rules.canPause ? '' : 'not '}paused`, async () => {
    const isHeld = state === 'pausing' || state === 'paused'
    expect(await isRefused(harness.orchestrator.pause('r'))).toBe(!rules.canPause && !isHeld)
    expect(rules.canPause ? ['pausing', 'paused'] : [state]).toContain(await stateNow())
  })

  it(`is ${rules.canStop ? '' : 'not '}stopped`, async () => {
    await harness.orchestrator.stop('r')
    expect(await stateNow()).toBe(rules.canStop ? 'stopped' : state)
  })

  it(`is ${rules.canRemove ? '' : 'not '}removed`, async () => {
    expect(await isRefused(harness.orchestrator.remove('r'))).toBe(!rules.canRemove)
    expect(await harness.views.list()).toHaveLength(rules.canRemove ? 0 : 1)
  })

  it(`is ${rules.isOver ? '' : 'not '}over for who watches it`, async () => {
    const watching = new AbortController()
    const stream = harness.views.watch('r', watching.signal)
    await stream.next()
    const second = stream.next()
    if (!rules.isOver) watching.abort()
    // Ended by the run itself, or by who watches.
    for (let next = await second; next.done !== true; next = await stream.next());
    expect(watching.signal.aborted).toBe(!rules.isOver)
  })
})

it('a failed run that goes on has no end, and no error, until its next one', async () => {
  await given('failed')
  const error = { code: 'internal', message: 'It broke.' } as const
  await harness.store.write((writer) => updateRun(writer, 'r', { error, finishedAt: '2026-01-01T00:00:00.000Z' }))
  await harness.orchestrator.resume('r')
  expect(await harness.views.run('r')).toMatchObject({ state: 'running', error: null, finishedAt: null })
})
