// How much of the machine this process may use: cores by affinity and control group, memory by control group. A container
// sees all cores of its host in os.cpus() and is throttled when it uses them.
import os from 'node:os'
import path from 'node:path'
import { controlGroup, groupFiles, memoryLimit, type ReadFile } from '@shared/runtime/control-groups'
import { readSystemFile } from '@node/system-file'

export interface MachineLimits {
  /** Cores that may be kept busy, at least 1. */
  readonly cores: number
  readonly memoryBytes: number
  /** Why `cores` is fewer than the machine has; null when it is not. */
  readonly coresLimitedBy: string | null
}

export interface LimitSources {
  /** Stands for `/`; replaced in tests. */
  readonly root?: string
  /** Logical processors and bytes of the whole machine; asked of the system by default. */
  readonly logicalCores?: number
  readonly totalBytes?: number
}

/** Processors in a list of the kernel's, e.g. `0-3,8`; null when it is not one. */
function countList(list: string | undefined): number | null {
  if (list === undefined || !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return null
  return list.split(',').reduce((sum, part) => {
    const [first, last] = part.split('-').map(Number)
    return sum + ((last ?? first!) - first! + 1)
  }, 0)
}

/** Cores' worth of time of a version 2 `cpu.max`, or of a version 1 pair; infinite where there is no quota. */
function quotas(readFile: ReadFile): number[] {
  const group = controlGroup(readFile, 'cpu')
  if (group === null) return []
  if (group.version === 2) return groupFiles(readFile, group, 'cpu.max').map((text) => ratio(text.split(' ')))
  const periods = groupFiles(readFile, group, 'cpu.cfs_period_us')
  return groupFiles(readFile, group, 'cpu.cfs_quota_us').map((quota, depth) => ratio([quota, periods[depth]]))
}

function ratio([quota, period]: readonly (string | undefined)[]): number {
  const value = Number(quota) / Number(period)
  return Number.isFinite(value) && value > 0 ? value : Infinity
}

/** Never throws: what cannot be read does not limit. */
export function machineLimits({
  root = '/',
  logicalCores = os.cpus().length,
  totalBytes = os.totalmem(),
}: LimitSources = {}): MachineLimits {
  const all = Math.max(1, logicalCores)
  const readFile: ReadFile = (file) => readSystemFile(path.join(root, file))
  const status = readFile('/proc/self/status')
  const allowed = countList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status ?? '')?.[1]) ?? all
  // A part of a core more would only be throttled (rounded as libuv rounds it).
  const quota = Math.max(1, Math.floor(Math.min(Infinity, ...quotas(readFile))))
  const cores = Math.max(1, Math.min(all, allowed, quota))
  const coresLimitedBy =
    cores === all ? null : quota <= allowed ? "the control group's processor quota" : "the process's processor affinity"
  const memory = memoryLimit(readFile, controlGroup(readFile, 'memory')) ?? Infinity
  return { cores, coresLimitedBy, memoryBytes: Math.min(totalBytes, memory) }
}
