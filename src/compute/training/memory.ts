// Will a batch fit? A prediction from shapes before anything is allocated, because the kernel's out-of-memory killer ends
// a process without an error that could be caught.
import { readFile } from 'node:fs/promises'
import { freemem } from 'node:os'
import { costOf } from '@shared/architecture/cost'
import type { Network } from '../networks/network'
import { sizeOf } from '../networks/weights'

/**
 * Bytes per byte of stored activations: the value, its gradient while the backward pass goes through, and the kernels'
 * scratch copies (padding, oneDNN's reordering). Measured on chains of all block kinds: 1.4 to 2.3 times the sum of all
 * outputs; the upper end is taken.
 */
const TRAINING_FACTOR = 2.3
/** TensorFlow, tfjs and the recorded graph before any tensor: 350 MiB measured on CPU. */
const RUNTIME_BYTES = 350 * 1024 * 1024
/** Weight, velocity, gradient and the read-out for a checkpoint. */
const COPIES_OF_WEIGHTS = 4

/** Bytes of one training process. @param dataBytes pixels and labels resident in the session */
export function trainingBytes(network: Network, batchSize: number, dataBytes: number): number {
  const { activations } = costOf(network.graph, network.shapes)
  const weights = network.arrays.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0)
  return (
    RUNTIME_BYTES + dataBytes + COPIES_OF_WEIGHTS * weights + TRAINING_FACTOR * activations.trainingBytes * batchSize
  )
}

async function numberIn(path: string, pattern: RegExp): Promise<number | null> {
  try {
    const found = pattern.exec(await readFile(path, 'utf8'))
    return found ? Number(found[1]) : null
  } catch (thrown) {
    // Absent on other systems and outside a control group: then that limit does not exist.
    if (thrown instanceof Error && 'code' in thrown) return null
    throw thrown
  }
}

/** Bytes this process could still take: free and reclaimable memory, within the container's limit where there is one. */
export async function availableMemory(): Promise<number> {
  const kilobytes = await numberIn('/proc/meminfo', /^MemAvailable:\s+(\d+) kB$/m)
  const system = kilobytes === null ? freemem() : kilobytes * 1024
  const limit = await numberIn('/sys/fs/cgroup/memory.max', /^(\d+)\s*$/)
  const used = await numberIn('/sys/fs/cgroup/memory.current', /^(\d+)\s*$/)
  return limit === null || used === null ? system : Math.min(system, limit - used)
}
