// How much memory this process may still take, within the machine and the control groups round it.
import { freemem } from 'node:os'
import { controlGroup, memoryRoom, type ReadFile } from '@shared/runtime/control-groups'
import { readSystemFile } from './system-file'

/**
 * Bytes this process could still take: free and reclaimable memory, within the control groups round it (a container's limit)
 * where they have one.
 * @param read and `free` replaced in tests
 */
export function availableMemory(read: ReadFile = readSystemFile, free = freemem): Promise<number> {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(read('/proc/meminfo') ?? '')?.[1]
  const system = kilobytes === undefined ? free() : Number(kilobytes) * 1024
  return Promise.resolve(Math.min(system, memoryRoom(read, controlGroup(read, 'memory')) ?? Infinity))
}
