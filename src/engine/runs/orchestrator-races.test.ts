import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { updateRun } from '../storage/runs'
import { createHarness } from '../testing/harness'
import { newRun } from '../testing/run-fixtures'
import { temporaryFolder } from '../testing/temporary-folder'

/** A promise with its key outside. */
function gate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('two things at once', () => {
  it('a pause that comes while the end of the run is being stored does not undo that end', async () => {
    const breakdown = gate()
    const harness = createHarness({
      folder: temporaryFolder(),
      parallel: 1,
      evaluate: async () => {
        await breakdown.opened
        throw new AppError('dataset-damaged', 'The images are not what they were.')
      },
    })
    await harness.orchestrator.create(newRun('r', { populationSize: 1 }))
    await harness.orchestrator.resume('r')
    await expect.poll(() => harness.orchestrator.live('r')?.clocks.size).toBe(1)
    // The one connection is busy: the pause's look at the run queues first, the end of the run second, the pause third.
    const busy = gate()
    const occupied = harness.store.write(() => busy.opened)
    const pausing = harness.orchestrator.pause('r')
    const outcome = expect(pausing).rejects.toMatchObject({ code: 'conflict' })
    breakdown.open()
    for (let turns = 0; turns < 5; turns++) await turn()
    busy.open()
    await occupied
    await outcome
    await expect.poll(() => harness.orchestrator.live('r')).toBeUndefined()
    expect((await harness.views.run('r')).state).toBe('failed')
    await harness.close()
  })

  it('closing does not wait for ever for a run whose start could not be stored', async () => {
    const harness = createHarness({ folder: temporaryFolder() })
    await harness.orchestrator.create(newRun('r'))
    const busy = gate()
    const starting = harness.orchestrator.resume('r')
    const outcome = expect(starting).rejects.toMatchObject({ code: 'read-only' })
    const takenOver = harness.store.write(async (writer) => {
      await busy.opened
      await writer.updateTable('lease').set({ token: 'of another engine' }).execute()
    })
    await expect.poll(() => harness.orchestrator.live('r')).toBeDefined()
    const closing = harness.orchestrator.close()
    busy.open()
    await takenOver
    await outcome
    await closing
    await harness.store.close()
  })

  it('a run that is removed while it starts is either removed or started', async () => {
    const harness = createHarness({ folder: temporaryFolder() })
    await harness.orchestrator.create(newRun('r', { populationSize: 2, generations: 1 }))
    const both = await Promise.allSettled([harness.orchestrator.remove('r'), harness.orchestrator.resume('r')])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    if (both[1]?.status === 'fulfilled') await harness.until('r', 'finished')
    else await expect(harness.views.run('r')).rejects.toMatchObject({ code: 'not-found' })
    expect(harness.reported).toEqual([])
    await harness.close()
  })
})

describe('after an end of the program', () => {
  it('a run that was being paused is paused, and does not go on by itself', async () => {
    const harness = createHarness({ folder: temporaryFolder() })
    for (const [id, state] of [
      ['a', 'pausing'],
      ['b', 'running'],
    ] as const) {
      await harness.orchestrator.create(newRun(id))
      await harness.store.write((writer) => updateRun(writer, id, { state }))
    }
    expect(await harness.orchestrator.recover()).toEqual(['b'])
    expect((await harness.views.run('a')).state).toBe('paused')
    expect((await harness.views.run('b')).state).toBe('interrupted')
    await harness.close()
  })
})
