import { describe, expect, it } from 'vitest'
import { LeakGuard } from './leak-guard'

const MEBIBYTE = 1024 * 1024
const told = (sizes: readonly number[]): (string | null)[] => {
  let epoch = 0
  const guard = new LeakGuard(() => sizes[epoch++]! * MEBIBYTE)
  return sizes.map(() => guard.check())
}

describe('the leak guard', () => {
  it('is silent while allocators settle and about what stays within bounds', () =>
    expect(told([300, 900, 1000, 1100, 900, 1155])).toEqual([null, null, null, null, null, null]))
  it('tells growth once, with its figures', () => {
    const notices = told([300, 400, 500, 600, 700, 800, 900])
    expect(notices.map((notice) => notice !== null)).toEqual([false, false, false, false, true, false, false])
    expect(notices[4]).toMatch(/from 400.0 MiB to 700.0 MiB over 3 epochs/)
  })
  it('allows a large process a quarter of its size', () =>
    expect(told([4000, 4000, 4900, 5100]).map((notice) => notice !== null)).toEqual([false, false, false, true]))
  it('measures this process by default', () => expect(new LeakGuard().check()).toBeNull())
})
