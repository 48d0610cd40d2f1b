import { describe, expect, it } from 'vitest'
import { availableMemory } from './memory'

const MEBIBYTE = 1024 ** 2
const files = (entries: Readonly<Record<string, string>>) => (file: string) => entries[file] ?? null
const MEMINFO = { '/proc/meminfo': 'MemTotal: 9 kB\nMemAvailable:    2048000 kB\n' }

describe('the memory a training may still take', () => {
  it('is what the system has to give where nothing limits it, on any system', async () => {
    expect(await availableMemory(files(MEMINFO))).toBe(2_048_000 * 1024)
    expect(await availableMemory(files({}), () => 7 * MEBIBYTE)).toBe(7 * MEBIBYTE)
  })

  it('is what a control group of either version leaves, where that is less', async () => {
    const first = (limit: number) => ({
      ...MEMINFO,
      '/proc/self/cgroup': '5:memory:/docker/abc\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': String(limit),
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': String(400 * MEBIBYTE),
    })
    expect(await availableMemory(files(first(1000 * MEBIBYTE)))).toBe(600 * MEBIBYTE)
    expect(await availableMemory(files(first(9_223_372_036_854_771_712)))).toBe(2_048_000 * 1024)
    const second = {
      ...MEMINFO,
      '/proc/self/cgroup': '0::/pod/container\n',
      '/sys/fs/cgroup/pod/memory.max': String(700 * MEBIBYTE),
      '/sys/fs/cgroup/pod/memory.current': String(650 * MEBIBYTE),
      '/sys/fs/cgroup/pod/container/memory.max': 'max',
      '/sys/fs/cgroup/pod/container/memory.current': String(100 * MEBIBYTE),
    }
    expect(await availableMemory(files(second))).toBe(50 * MEBIBYTE)
  })
})
