import { describe, expect, it } from 'vitest'
import { SilenceWatch } from './silence'

const limits = { firstMs: 500, leastMs: 40, factor: 10 }
const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms))
const never = new Promise<never>(() => undefined)

describe('the watch over a silent compute', () => {
  it('allows the start its time, then goes by the longest silence so far', () => {
    let time = 0
    const watch = new SilenceWatch(
      () => undefined,
      limits,
      () => time,
    )
    time = 300
    watch.noteSign('started')
    expect(watch.allowedMs).toBe(500)
    time = 700
    watch.noteSign('step')
    // The first step's 400 ms are the start's.
    expect(watch.allowedMs).toBe(40)
    time = 710
    watch.noteSign('validation')
    expect(watch.allowedMs).toBe(100)
    time = 715
    watch.noteSign('step')
    expect(watch.allowedMs).toBe(100)
  })

  it('passes on what comes in time, value or error, and kills nothing', async () => {
    let kills = 0
    const watch = new SilenceWatch(() => kills++, limits)
    expect(await watch.during(after(5, 'sign'))).toBe('sign')
    await expect(watch.during(Promise.reject(new Error('its own')))).rejects.toThrow('its own')
    await after(20, null)
    expect(kills).toBe(0)
  })

  it('kills what stays silent and says for how long it was', async () => {
    let kills = 0
    const watch = new SilenceWatch(() => kills++, { ...limits, firstMs: 30 })
    await expect(watch.during(never)).rejects.toMatchObject({
      code: 'compute-died',
      message: expect.stringContaining('no sign of life') as string,
    })
    expect(kills).toBe(1)
  })
})
