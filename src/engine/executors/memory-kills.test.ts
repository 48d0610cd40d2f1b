import { describe, expect, it, vi } from 'vitest'
import { AppError } from '@shared/errors'
import { hasLostCompute, MemoryKills } from './memory-kills'

const MEBIBYTE = 1024 ** 2

/** Two processes in a group of version 2 with 512 MiB, on a machine of 4096. */
function group(limit = String(512 * MEBIBYTE)) {
  const files: Record<string, string> = {
    '/proc/71/cgroup': '0::/jobs\n',
    '/proc/72/cgroup': '0::/jobs\n',
    '/proc/71/status': 'VmRSS:\t  700000 kB\nRssAnon:\t  512000 kB\n',
    '/sys/fs/cgroup/jobs/memory.max': limit,
    '/sys/fs/cgroup/jobs/memory.events': 'oom_kill 3\n',
  }
  return {
    kills: new MemoryKills((file) => files[file] ?? null, 4096 * MEBIBYTE),
    kill: (count: number) => (files['/sys/fs/cgroup/jobs/memory.events'] = `oom 9\noom_kill ${count}\n`),
    leave: (pid: number) => delete files[`/proc/${pid}/cgroup`],
  }
}

describe('a death for want of memory', () => {
  it('is told with the limit of the group, also when the process can no longer be asked', () => {
    const { kills, kill, leave } = group()
    const watch = kills.watch(71)
    leave(71)
    kill(4)
    const error = watch.ended('Compute 1', null)
    expect(error).toMatchObject({
      code: 'out-of-memory',
      message: expect.stringContaining('may hold 512.0 MiB, and it held 500.0 MiB') as string,
    })
    expect(hasLostCompute(error)).toBe(true)
  })

  it('is told with the memory of the machine where no group is limited', () => {
    const { kills, kill } = group('max')
    const watch = kills.watch(71)
    kill(4)
    expect(watch.ended('Compute 1', 137)?.message).toContain('this machine has 4.0 GiB')
  })

  it('is none of those that the counter does not know of, nor another kind of end', () => {
    const { kills, kill } = group()
    expect(kills.watch(71).ended('Compute 1', null)).toBeNull()
    const ends = [139, 11, 1, 0].map((code) => ({ code, watch: kills.watch(71) }))
    kill(4)
    for (const { code, watch } of ends) expect(watch.ended('Compute 1', code)).toBeNull()
    // Counted before this one began.
    expect(kills.watch(72).ended('Compute 2', null)).toBeNull()
  })

  it('is not explained by a kill of long ago, and is by one of this moment', () => {
    vi.useFakeTimers()
    try {
      const { kills, kill } = group()
      const [later, now] = [kills.watch(71), kills.watch(71)]
      kill(4)
      vi.advanceTimersByTime(1_000)
      expect(now.ended('Compute 2', null)).not.toBeNull()
      vi.advanceTimersByTime(60_000)
      expect(later.ended('Compute 1', null)).toBeNull()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is no longer looked for once somebody else says why it ended', () => {
    vi.useFakeTimers()
    try {
      group().kills.watch(71).stop()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is that of one compute where two of a group end and one was killed for it', () => {
    const { kills, kill } = group()
    const [first, second] = [kills.watch(71), kills.watch(72)]
    kill(4)
    expect([first.ended('Compute 1', null), second.ended('Compute 2', null)].map((error) => error !== null)).toEqual([
      true,
      false,
    ])
  })

  it('stays a death where nothing counts', () => {
    const watch = new MemoryKills(() => null).watch(1)
    expect(watch.ended('Compute 1', null)).toBeNull()
  })
})

it('a compute that refuses a job for want of memory itself is not lost', () => {
  expect(hasLostCompute(new AppError('out-of-memory', 'too much'))).toBe(false)
  expect(hasLostCompute(new AppError('compute-died', 'gone'))).toBe(true)
})
