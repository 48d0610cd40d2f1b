// Memory that the system refuses to this process, outside TensorFlow: a limit of the user or the container, or a machine that
// has none left. Node tells it in several ways, none of which says how much there was.
import { AppError } from '@shared/errors'
import { readableBytes } from '@shared/units'
import { availableMemory } from './memory'
import { readSystemFile } from './system-file'

/** Whether `thrown`, or what caused it, is a refusal: it says nothing about the file or the call that met it. */
export function isMemoryRefusal(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  if ('code' in thrown && thrown.code === 'ENOMEM') return true
  // V8's own words for a buffer it cannot have; there is no code.
  if (thrown instanceof RangeError && /allocation failed/i.test(thrown.message)) return true
  return isMemoryRefusal(thrown.cause)
}

/** The limit of this process's address space, where there is one and procfs tells. */
function addressSpaceLimit(): number | null {
  const found = /^Max address space\s+(\d+)/m.exec(readSystemFile('/proc/self/limits') ?? '')
  return found ? Number(found[1]) : null
}

/** `thrown` as `out-of-memory` with the figures that can be had, or itself where it is something else. */
export async function memoryRefusalInFigures(thrown: unknown): Promise<unknown> {
  if (!isMemoryRefusal(thrown)) return thrown
  const held = readableBytes(process.memoryUsage.rss())
  const free = await availableMemory().then(readableBytes, () => 'an unknown amount')
  const limit = addressSpaceLimit()
  const limited = limit === null ? '' : `, and its address space is limited to ${readableBytes(limit)}`
  return new AppError(
    'out-of-memory',
    `The system refused memory to the compute, which holds ${held}; ${free} are free on this machine${limited}.`,
    'Lower the batch size or the cost limit of the space, train fewer candidates at once, or raise the limit of the process.',
    { cause: thrown },
  )
}
