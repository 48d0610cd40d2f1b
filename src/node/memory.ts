// How much memory this process may still take, within the machine and the control groups round it.
import { readFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { controlGroup, memoryRoom, type ReadFile } from '@shared/runtime/control-groups'

function systemFile(file: string): string | null {
  try {
    // procfs and control groups are memory: reading them synchronously costs microseconds.
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    // Absent on other systems and outside a control group: then that limit does not exist.
    if (thrown instanceof Error && 'code' in thrown) return null
    throw thrown
  }
}

/**
 * Bytes this process could still take: free and reclaimable memory, within the control groups round it (a container's limit)
 * where they have one.
 * @param read and `free` replaced in tests
 */
export function availableMemory(read: ReadFile = systemFile, free = freemem): Promise<number> {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(read('/proc/meminfo') ?? '')?.[1]
  const system = kilobytes === undefined ? free() : Number(kilobytes) * 1024
  return Promise.resolve(Math.min(system, memoryRoom(read, controlGroup(read, 'memory')) ?? Infinity))
}
