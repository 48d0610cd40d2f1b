// How much of the machine this process may use: cores by affinity and control group, memory by control group. A container
// sees all cores of its host in os.cpus() and is throttled when it uses them.
import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

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

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null // another system, or not limited in this way
  }
}

/** Processors in a list of the kernel's, e.g. `0-3,8`; null when it is not one. */
function countList(list: string | undefined): number | null {
  if (list === undefined || !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return null
  return list.split(',').reduce((sum, part) => {
    const [first, last] = part.split('-').map(Number)
    return sum + ((last ?? first!) - first! + 1)
  }, 0)
}

interface Group {
  readonly mount: string
  readonly path: string
}

/** The control group of a controller, version 1 where it has a hierarchy of its own, else version 2. */
function groupOf(root: string, controller: string): (Group & { readonly version: 1 | 2 }) | null {
  const lines = (read(path.join(root, 'proc/self/cgroup')) ?? '').split('\n').map((line) => line.split(':'))
  const first = lines.find(([, controllers]) => controllers?.split(',').includes(controller))
  const second = lines.find(([id, controllers]) => id === '0' && controllers === '')
  const mount = path.join(root, 'sys/fs/cgroup')
  if (first) return { version: 1, mount: path.join(mount, controller), path: first.slice(2).join(':') }
  return second ? { version: 2, mount, path: second.slice(2).join(':') } : null
}

/** Contents of a file in the group and in every group round it; a container may see its own group as the mount's root. */
function upwards({ mount, path: inside }: Group, name: string): string[] {
  const parts = inside.split('/').filter((part) => part !== '' && part !== '..')
  return Array.from({ length: parts.length + 1 }, (_, depth) =>
    path.join(mount, ...parts.slice(0, depth), name),
  ).flatMap((file) => read(file)?.trim() ?? [])
}

/** Cores' worth of time of a version 2 `cpu.max`, or of a version 1 pair; infinite where there is no quota. */
function quotas(root: string): number[] {
  const group = groupOf(root, 'cpu')
  if (group === null) return []
  if (group.version === 2) return upwards(group, 'cpu.max').map((text) => ratio(text.split(' ')))
  const periods = upwards(group, 'cpu.cfs_period_us')
  return upwards(group, 'cpu.cfs_quota_us').map((quota, depth) => ratio([quota, periods[depth]]))
}

function ratio([quota, period]: readonly (string | undefined)[]): number {
  const value = Number(quota) / Number(period)
  return Number.isFinite(value) && value > 0 ? value : Infinity
}

function memoryLimits(root: string): number[] {
  const group = groupOf(root, 'memory')
  if (group === null) return []
  const texts = upwards(group, group.version === 2 ? 'memory.max' : 'memory.limit_in_bytes')
  return texts.map(Number).filter((bytes) => Number.isFinite(bytes) && bytes > 0)
}

/** Never throws: what cannot be read does not limit. */
export function machineLimits({
  root = '/',
  logicalCores = os.cpus().length,
  totalBytes = os.totalmem(),
}: LimitSources = {}): MachineLimits {
  const all = Math.max(1, logicalCores)
  const status = read(path.join(root, 'proc/self/status'))
  const allowed = countList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status ?? '')?.[1]) ?? all
  // A part of a core more would only be throttled (rounded as libuv rounds it).
  const quota = Math.max(1, Math.floor(Math.min(Infinity, ...quotas(root))))
  const cores = Math.max(1, Math.min(all, allowed, quota))
  const coresLimitedBy =
    cores === all ? null : quota <= allowed ? "the control group's processor quota" : "the process's processor affinity"
  return { cores, coresLimitedBy, memoryBytes: Math.min(totalBytes, ...memoryLimits(root)) }
}
