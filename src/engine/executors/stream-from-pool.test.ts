import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { fakeComputes } from '../testing/fake-computes'
import { streamFromPool } from './stream-from-pool'

const never = new AbortController().signal

describe('a stream from a compute', () => {
  it('arrives whole and in order, and frees the compute', async () => {
    const pool = fakeComputes(undefined, 1)
    async function* numbers() {
      for (let i = 0; i < 50; i++) {
        if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
        yield i
      }
    }
    const seen: number[] = []
    for await (const value of streamFromPool(pool, () => Promise.resolve(numbers()), never)) seen.push(value)
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index))
    expect(pool.statuses()[0]?.state).toBe('idle')
  })

  it('passes a failure on after what came before it', async () => {
    async function* failing() {
      yield 1
      await new Promise((resolve) => setImmediate(resolve))
      throw new AppError('diverged', 'NaN.')
    }
    const seen: number[] = []
    const read = async (): Promise<void> => {
      for await (const value of streamFromPool(fakeComputes(), () => Promise.resolve(failing()), never))
        seen.push(value)
    }
    await expect(read()).rejects.toMatchObject({ code: 'diverged' })
    expect(seen).toEqual([1])
  })

  it('tells the compute when its reader leaves, and frees it', async () => {
    const pool = fakeComputes(undefined, 1)
    let wasTold = false
    const open = (_client: unknown, signal: AbortSignal): Promise<AsyncIterable<number>> => {
      signal.addEventListener('abort', () => (wasTold = true))
      return Promise.resolve(
        (async function* () {
          for (let i = 0; ; i++) {
            await new Promise((resolve) => setTimeout(resolve, 1))
            yield i
          }
        })(),
      )
    }
    for await (const value of streamFromPool(pool, open, never)) if (value === 3) break
    expect(wasTold).toBe(true)
    await expect.poll(() => pool.statuses()[0]?.state).toBe('idle')
  })
})
