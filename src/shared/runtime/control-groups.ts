// Linux control groups as a process finds its own, both versions: which files say something about it, what its memory may be,
// and how often the kernel ended something for want of memory. Reading is the caller's, so that engine and compute share this.

/** Contents of a file by its absolute path; null where it cannot be read: another system, or not limited in this way. */
export type ReadFile = (file: string) => string | null

export interface ControlGroup {
  readonly version: 1 | 2
  /** The folder of the group and of every group round it, outermost first; some may not be there. */
  readonly folders: readonly string[]
}

const MOUNT = '/sys/fs/cgroup'

/**
 * The group of a controller: version 1 where it has a hierarchy of its own, else version 2.
 * @param pid whose group; this process's own by default
 * @returns null where there are no control groups, or the process is gone
 */
export function controlGroup(read: ReadFile, controller: string, pid: number | 'self' = 'self'): ControlGroup | null {
  const lines = (read(`/proc/${pid}/cgroup`) ?? '').split('\n').map((line) => line.split(':'))
  const first = lines.find(([, controllers]) => controllers?.split(',').includes(controller))
  const second = lines.find(([id, controllers]) => id === '0' && controllers === '')
  const found = first ?? second
  if (found === undefined) return null
  const mount = first ? `${MOUNT}/${controller}` : MOUNT
  // A container may see its own group as the mount's root, under the path that the host knows: then only the root is there.
  const parts = found
    .slice(2)
    .join(':')
    .split('/')
    .filter((part) => part !== '' && part !== '..')
  const folders = Array.from({ length: parts.length + 1 }, (_, depth) => [mount, ...parts.slice(0, depth)].join('/'))
  return { version: first ? 1 : 2, folders }
}

/** Contents of a file in every folder of the group that has it, outermost first. */
export const groupFiles = (read: ReadFile, { folders }: ControlGroup, name: string): string[] =>
  folders.flatMap((folder) => read(`${folder}/${name}`)?.trim() ?? [])

const LIMIT = { 1: 'memory.limit_in_bytes', 2: 'memory.max' } as const
const USAGE = { 1: 'memory.usage_in_bytes', 2: 'memory.current' } as const

/** Bytes in a file of the kernel's; null for `max` and for what is not there. */
function bytesIn(text: string | null): number | null {
  const bytes = Number(text?.trim() || NaN)
  return Number.isFinite(bytes) && bytes >= 0 ? bytes : null
}

/**
 * The smallest limit on the memory of a group and the groups round it, in bytes; null where there is none. Version 1 says
 * "none" with a number near 2^63, which is larger than any machine.
 */
export function memoryLimit(read: ReadFile, group: ControlGroup | null): number | null {
  if (group === null) return null
  const limits = groupFiles(read, group, LIMIT[group.version]).flatMap((text) => bytesIn(text) ?? [])
  return limits.length === 0 ? null : Math.min(...limits)
}

/** Pages of files, which the kernel gives up before it refuses memory: without them a group that has read much looks full. */
function fileBytes(read: ReadFile, folder: string, version: 1 | 2): number {
  const stat = read(`${folder}/memory.stat`) ?? ''
  // In version 1 only the totals count the groups within.
  const prefix = version === 1 ? 'total_' : ''
  return ['active_file', 'inactive_file'].reduce(
    (sum, name) => sum + Number(new RegExp(`^${prefix}${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0),
    0,
  )
}

/**
 * Bytes that a process of this group could still take before the kernel ends something in the group or in one round it;
 * null where no group is limited.
 */
export function memoryRoom(read: ReadFile, group: ControlGroup | null): number | null {
  if (group === null) return null
  const rooms = group.folders.flatMap((folder) => {
    const limit = bytesIn(read(`${folder}/${LIMIT[group.version]}`))
    const used = bytesIn(read(`${folder}/${USAGE[group.version]}`))
    if (limit === null || used === null) return []
    return Math.max(0, limit - Math.max(0, used - fileBytes(read, folder, group.version)))
  })
  return rooms.length === 0 ? null : Math.min(...rooms)
}

/**
 * How often the kernel has ended a process of this group for want of memory, whoever lacked it. Where the group has no such
 * counter (version 2 without the memory controller, old kernels) that of the groups round it, at last the machine's.
 * @returns null where nothing counts
 */
export function memoryKills(read: ReadFile, group: ControlGroup | null): number | null {
  const name = group?.version === 1 ? 'memory.oom_control' : 'memory.events'
  const counters = [...(group?.folders ?? [])].reverse().map((folder) => `${folder}/${name}`)
  for (const file of [...counters, '/proc/vmstat']) {
    const count = /^oom_kill (\d+)$/m.exec(read(file) ?? '')?.[1]
    if (count !== undefined) return Number(count)
  }
  return null
}
