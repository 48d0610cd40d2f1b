import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { orAborted } from './cancel'
import { delay, within } from './waiting'

const never = new Promise<never>(() => undefined)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('waiting at most so long', () => {
  it('gives what comes in time and leaves no timer behind', async () => {
    await expect(within(1000, Promise.resolve('answer'), () => 'late')).resolves.toBe('answer')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives what the late case gives, or throws what it throws', async () => {
    const late = within(1000, never, () => 'late')
    const refused = within(1000, never, () => {
      throw new Error('too late')
    })
    const seen = expect(refused).rejects.toThrow('too late')
    await vi.advanceTimersByTimeAsync(1000)
    await expect(late).resolves.toBe('late')
    await seen
  })

  it('is not asked for the late case when the promise fails in time', async () => {
    const onLate = vi.fn()
    await expect(within(1000, Promise.reject(new Error('broken')), onLate)).rejects.toThrow('broken')
    await vi.advanceTimersByTimeAsync(2000)
    expect(onLate).not.toHaveBeenCalled()
  })

  it('keeps the failure of a late promise from being nobody’s', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const slow = delay(2000).then(() => Promise.reject(new Error('late and broken')))
    const result = within(1000, slow, () => 'late')
    await vi.advanceTimersByTimeAsync(3000)
    await expect(result).resolves.toBe('late')
    vi.useRealTimers()
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).not.toHaveBeenCalled()
    process.off('unhandledRejection', unhandled)
  })

  it('takes a limit beyond what a timer can hold for a long one, not for none', async () => {
    const onLate = vi.fn()
    void within(1e12, never, onLate)
    await vi.advanceTimersByTimeAsync(1000)
    expect(onLate).not.toHaveBeenCalled()
  })
})

describe('waiting unless nobody wants it any more', () => {
  it('gives what comes, and lets go of the signal', async () => {
    const { signal } = new AbortController()
    const removed = vi.spyOn(signal, 'removeEventListener')
    await expect(orAborted(Promise.resolve(1), signal)).resolves.toBe(1)
    expect(removed).toHaveBeenCalledOnce()
  })

  it('ends as cancelled when the signal fires, also before', async () => {
    const controller = new AbortController()
    const waiting = orAborted(never, controller.signal, 'The trial was stopped.')
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled', message: 'The trial was stopped.' })
    await expect(orAborted(never, controller.signal)).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('a delay', () => {
  it('ends early when the signal fires', async () => {
    const controller = new AbortController()
    const waiting = delay(60_000, controller.signal)
    controller.abort()
    await waiting
    expect(vi.getTimerCount()).toBe(0)
  })
})
