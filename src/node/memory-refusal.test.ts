import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { isMemoryRefusal, memoryRefusalInFigures } from './memory-refusal'

const enomem = Object.assign(new Error('ENOMEM: not enough memory, read'), { code: 'ENOMEM' })
/** What V8 really throws, not what we remember of it. */
function refusedBuffer(): unknown {
  try {
    // No machine has so much.
    return new ArrayBuffer(Number.MAX_SAFE_INTEGER)
  } catch (thrown) {
    return thrown
  }
}

describe('memory refused by the system', () => {
  it('is told from other faults, also through what it caused', () => {
    for (const refusal of [enomem, refusedBuffer(), new AppError('storage-failed', 'x', 'y', { cause: enomem })])
      expect(isMemoryRefusal(refusal)).toBe(true)
    for (const other of [new Error('memory'), new RangeError('Invalid array length'), 'ENOMEM', undefined])
      expect(isMemoryRefusal(other)).toBe(false)
  })

  it('becomes out-of-memory with figures; anything else stays what it is', async () => {
    const told = await memoryRefusalInFigures(enomem)
    expect(told).toMatchObject({ code: 'out-of-memory', cause: enomem })
    expect((told as AppError).message).toMatch(/holds [\d.]+ [MG]iB; [\d.]+ [MGT]iB are free/)
    const other = new Error('x')
    expect(await memoryRefusalInFigures(other)).toBe(other)
  })
})
