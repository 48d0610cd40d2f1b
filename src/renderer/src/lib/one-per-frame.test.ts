import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { afterPaint } from './one-per-frame'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'requestAnimationFrame'] }))
afterEach(() => void vi.useRealTimers())
const frame = (): void => void vi.advanceTimersByTime(17)

describe('work after the paint', () => {
  it('is done one piece a frame, in order', () => {
    const done: string[] = []
    for (const name of ['a', 'b', 'c']) afterPaint(() => done.push(name))
    expect(done).toEqual([])
    const counts = [frame, frame, frame].map((next) => (next(), done.length))
    expect(counts).toEqual([1, 2, 3])
    expect(done).toEqual(['a', 'b', 'c'])
  })

  it('can be taken back, and a piece that throws does not hold up the others', () => {
    const done: string[] = []
    const takeBack = afterPaint(() => done.push('taken back'))
    afterPaint(() => {
      throw new Error('a chart that cannot be drawn')
    })
    afterPaint(() => done.push('last'))
    takeBack()
    expect(frame).toThrow('a chart that cannot be drawn')
    frame()
    expect(done).toEqual(['last'])
  })
})
