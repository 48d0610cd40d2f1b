import { describe, expect, it } from 'vitest'
import { controlGroup, memoryKills, memoryLimit, memoryRoom, type ReadFile } from './control-groups'

const MEBIBYTE = 1024 ** 2

/** A system with these files. */
const system =
  (files: Readonly<Record<string, string>>): ReadFile =>
  (file) =>
    files[file] ?? null
const memory = (read: ReadFile) => controlGroup(read, 'memory')

const first = (limit: string, more: Readonly<Record<string, string>> = {}) =>
  system({
    '/proc/self/cgroup': '4:memory:/jobs/one\n0::/\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${3000 * MEBIBYTE}\n`,
    '/sys/fs/cgroup/memory/jobs/memory.limit_in_bytes': `${900 * MEBIBYTE}\n`,
    '/sys/fs/cgroup/memory/jobs/memory.usage_in_bytes': `${800 * MEBIBYTE}\n`,
    '/sys/fs/cgroup/memory/jobs/one/memory.limit_in_bytes': limit,
    '/sys/fs/cgroup/memory/jobs/one/memory.usage_in_bytes': `${300 * MEBIBYTE}\n`,
    ...more,
  })

describe('the memory of a control group', () => {
  it('is not limited where there is no group, or none that says so', () => {
    for (const read of [
      system({}),
      system({ '/proc/self/cgroup': '0::/user.slice\n', '/sys/fs/cgroup/user.slice/memory.max': 'max\n' }),
    ]) {
      expect(memoryLimit(read, memory(read))).toBeNull()
      expect(memoryRoom(read, memory(read))).toBeNull()
      expect(memoryKills(read, memory(read))).toBeNull()
    }
  })

  it('is what the tightest group of version 1 leaves', () => {
    const own = first(`${350 * MEBIBYTE}\n`)
    expect(memoryLimit(own, memory(own))).toBe(350 * MEBIBYTE)
    expect(memoryRoom(own, memory(own))).toBe(50 * MEBIBYTE)
    const outer = first('9223372036854771712\n')
    expect(memoryLimit(outer, memory(outer))).toBe(900 * MEBIBYTE)
    expect(memoryRoom(outer, memory(outer))).toBe(100 * MEBIBYTE)
  })

  it('counts pages of files as free: by the totals in version 1, by the only figures in version 2', () => {
    const read = first(`${350 * MEBIBYTE}\n`, {
      '/sys/fs/cgroup/memory/jobs/one/memory.stat': [
        `active_file ${MEBIBYTE}`,
        `total_active_file ${20 * MEBIBYTE}`,
        `total_inactive_file ${10 * MEBIBYTE}`,
        '',
      ].join('\n'),
    })
    expect(memoryRoom(read, memory(read))).toBe(80 * MEBIBYTE)
    const second = system({
      '/proc/self/cgroup': '0::/pod\n',
      '/sys/fs/cgroup/pod/memory.max': `${512 * MEBIBYTE}\n`,
      '/sys/fs/cgroup/pod/memory.current': `${500 * MEBIBYTE}\n`,
      '/sys/fs/cgroup/pod/memory.stat': `anon 1\nactive_file ${MEBIBYTE}\ninactive_file ${99 * MEBIBYTE}\n`,
    })
    expect(memoryRoom(second, memory(second))).toBe(112 * MEBIBYTE)
  })

  it('is nothing where the limit is: 0 is a limit, and what limits nothing says so in words or with a huge number', () => {
    const read = first('0\n')
    expect([memoryLimit(read, memory(read)), memoryRoom(read, memory(read))]).toEqual([0, 0])
  })

  it('is never less than nothing, where a limit was lowered below what is held', () => {
    const read = first(`${200 * MEBIBYTE}\n`)
    expect(memoryRoom(read, memory(read))).toBe(0)
  })
})

describe('the count of processes that were ended for want of memory', () => {
  it("is the group's own of another process, the mount's where a container sees only that", () => {
    const read = system({
      '/proc/77/cgroup': '4:memory:/docker/abc\n0::/\n',
      '/sys/fs/cgroup/memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
    })
    expect(memoryKills(read, controlGroup(read, 'memory', 77))).toBe(2)
    const second = system({
      '/proc/77/cgroup': '0::/a/b\n',
      '/sys/fs/cgroup/a/memory.events': 'max 9\noom 4\noom_kill 3\noom_group_kill 0\n',
      '/sys/fs/cgroup/a/b/memory.events': 'max 9\noom 4\noom_kill 1\noom_group_kill 0\n',
      '/proc/vmstat': 'oom_kill 8\n',
    })
    expect(memoryKills(second, controlGroup(second, 'memory', 77))).toBe(1)
  })

  it("is the machine's where no group counts", () => {
    const read = system({ '/proc/self/cgroup': '0::/\n', '/proc/vmstat': 'pgfault 3\noom_kill 8\nnuma 1\n' })
    expect(memoryKills(read, memory(read))).toBe(8)
  })
})
