import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { recipeSchema } from '@shared/search/recipe'
import { hasLostCompute, MemoryKillError } from '../../executors/memory-kills'
import { temporaryFolder } from '../../testing/temporary-folder'
import { afterMemoryKill, isBatchHalved } from './halved-batch'

const killed = new MemoryKillError('Compute 1 ran out of memory.')
function job(deterministic = false) {
  const checkpointFolder = temporaryFolder()
  return { checkpointFolder, recipe: recipeSchema.parse({ deterministic }), halveBatch: false }
}

describe('a training whose compute the system ended for want of memory', () => {
  it('goes on with half the batch, in whatever session, and ends with the figures at the second time', async () => {
    const given = job()
    expect(isBatchHalved(given.checkpointFolder)).toBe(false)
    expect(hasLostCompute(await afterMemoryKill(killed, given))).toBe(true)
    expect(isBatchHalved(given.checkpointFolder)).toBe(true)
    const second = await afterMemoryKill(killed, { ...given, halveBatch: true })
    expect(hasLostCompute(second)).toBe(false)
    expect(second).toMatchObject({
      code: 'out-of-memory',
      message: 'Compute 1 ran out of memory. Its batch had been halved before.',
      fix: killed.fix,
    })
  })

  it('is told as it is where that cannot be remembered', async () => {
    const given = { ...job(), checkpointFolder: path.join(temporaryFolder(), 'gone') }
    expect(await afterMemoryKill(killed, given)).toBe(killed)
  })

  it('keeps its batch where the same numbers were asked for', async () => {
    const given = job(true)
    expect(await afterMemoryKill(killed, given)).toBe(killed)
    expect(isBatchHalved(given.checkpointFolder)).toBe(false)
  })

  it('is told from every other failure', async () => {
    const given = job()
    for (const other of [new AppError('compute-died', 'x'), new AppError('out-of-memory', 'x'), new Error('x')])
      expect(await afterMemoryKill(other, given)).toBe(other)
    expect(readdirSync(given.checkpointFolder)).toEqual([])
  })
})
