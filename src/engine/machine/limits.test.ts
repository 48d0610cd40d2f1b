import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { machineLimits } from './limits'

const GIBIBYTE = 2 ** 30

/** A `/` with these files. */
function root(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

const limits = (files: Readonly<Record<string, string>>) =>
  machineLimits({ root: root(files), logicalCores: 16, totalBytes: 64 * GIBIBYTE })

describe('what of the machine may be used', () => {
  it('is all of it where nothing limits', () => {
    expect(limits({})).toEqual({ cores: 16, memoryBytes: 64 * GIBIBYTE, coresLimitedBy: null })
    expect(
      limits({
        'proc/self/status': 'Name:\tnode\nCpus_allowed_list:\t0-15\n',
        'proc/self/cgroup': '0::/user.slice\n',
        'sys/fs/cgroup/user.slice/cpu.max': 'max 100000\n',
        'sys/fs/cgroup/user.slice/memory.max': 'max\n',
      }),
    ).toEqual({ cores: 16, memoryBytes: 64 * GIBIBYTE, coresLimitedBy: null })
  })

  it('is what the affinity leaves', () => {
    const { cores, coresLimitedBy } = limits({ 'proc/self/status': 'Cpus_allowed_list:\t0-2,8\n' })
    expect({ cores, coresLimitedBy }).toEqual({ cores: 4, coresLimitedBy: "the process's processor affinity" })
  })

  it('is the smallest quota of all groups of version 2 around the process, rounded down', () => {
    expect(
      limits({
        'proc/self/cgroup': '0::/pod/container\n',
        'sys/fs/cgroup/pod/cpu.max': '350000 100000\n',
        'sys/fs/cgroup/pod/container/cpu.max': 'max 100000\n',
        'sys/fs/cgroup/pod/memory.max': `${8 * GIBIBYTE}\n`,
        'sys/fs/cgroup/pod/container/memory.max': `${6 * GIBIBYTE}\n`,
      }),
    ).toEqual({ cores: 3, memoryBytes: 6 * GIBIBYTE, coresLimitedBy: "the control group's processor quota" })
  })

  it('is the quota of version 1, also where the group is the root of what the container sees', () => {
    expect(
      limits({
        'proc/self/cgroup': '4:memory:/docker/abc\n3:cpuset:/\n1:cpu,cpuacct:/docker/abc\n',
        'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000\n',
        'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
        'sys/fs/cgroup/memory/memory.limit_in_bytes': `${2 * GIBIBYTE}\n`,
      }),
    ).toMatchObject({ cores: 2, memoryBytes: 2 * GIBIBYTE })
    const unlimited = {
      'proc/self/cgroup': '1:cpu:/\n2:memory:/\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    }
    expect(limits(unlimited)).toMatchObject({ cores: 16, memoryBytes: 64 * GIBIBYTE, coresLimitedBy: null })
  })

  it('is at least one core, whatever the files say', () => {
    expect(limits({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '20000 100000\n' }).cores).toBe(1)
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (status, group, quota) => {
        const { cores, memoryBytes } = machineLimits({
          root: root({
            'proc/self/status': `Cpus_allowed_list: ${status}`,
            'proc/self/cgroup': `0::/${group.replace(/[^a-z]/g, '')}`,
            'sys/fs/cgroup/cpu.max': quota,
            'sys/fs/cgroup/memory.max': status,
          }),
          logicalCores: 8,
          totalBytes: GIBIBYTE,
        })
        return Number.isInteger(cores) && cores >= 1 && cores <= 8 && memoryBytes >= 0 && memoryBytes <= GIBIBYTE
      }),
      { numRuns: 60 },
    )
  })
})
