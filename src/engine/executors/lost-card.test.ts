// What the pool does when the card of a slot does not answer any more.
import { describe, expect, it } from 'vitest'
import { LocalComputes } from './local-computes'
import { environment, memoryProcesses } from './testing/memory-processes'

const never = new AbortController().signal

describe('a card that is gone', () => {
  it('closes its slot before the job is tried again, which then runs on the other', async () => {
    const { seen, start } = memoryProcesses()
    let isGone = false
    const cardLost = (slot: number) => Promise.resolve(isGone && slot === 0 ? ('closed' as const) : null)
    const pool = new LocalComputes({ slots: 2, start, environment, cardLost })
    const failing = pool.run(async (client, slot) => {
      expect(slot).toBe(0)
      await client.info()
      isGone = true
      seen.kill[0]!()
      await client.proposerInfo({ checkpoint: '' })
    }, never)
    await expect(failing).rejects.toMatchObject({ code: 'compute-died' })
    const slots: number[] = []
    for (let job = 0; job < 3; job++) await pool.run((_client, slot) => Promise.resolve(slots.push(slot)), never)
    expect(slots).toEqual([1, 1, 1])
    expect(pool.statuses()[0]).toMatchObject({ state: 'dead', notice: 'Its card does not answer any more.' })
    await pool.close()
  })

  it('is noticed before a compute would start without it, and a slot of the processor takes its place', async () => {
    const { start } = memoryProcesses()
    let answer: 'closed' | 'replaced' | null = 'closed'
    const pool = new LocalComputes({ slots: 1, start, environment, cardLost: () => Promise.resolve(answer) })
    const run = () => pool.run((_client, slot) => Promise.resolve(slot), never)
    await expect(run()).rejects.toMatchObject({ code: 'compute-died' })
    await pool.close()
    answer = 'replaced'
    const other = new LocalComputes({ slots: 1, start, environment, cardLost: () => Promise.resolve(answer) })
    expect(await other.run((_client, slot) => Promise.resolve(slot), never)).toBe(0)
    await other.close()
  })
})
