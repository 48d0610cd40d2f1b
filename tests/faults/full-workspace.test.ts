// The disk of a whole workspace is full: what cannot be done says so with figures, a run ends in one state and goes on with room.
import path from 'node:path'
import { rmSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openStore } from '../../src/engine/storage/store'
import { fakeComputes, wellTrained } from '../../src/engine/testing/fake-computes'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import { writeDataset } from './dataset'
import { openEngine } from './engine'
import { canMount, smallDisk, type SmallDisk } from './small-disk'
import { definition } from './workbench'

const MEBIBYTE = 1024 ** 2
const FULL = {
  code: 'storage-failed',
  message: expect.stringMatching(/the disk is full \([\d.]+ [KMGT]?i?B are free\)/) as string,
  fix: expect.stringContaining('Free some space') as string,
}

const never = <T>(what: string): Promise<T> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error(`no end: ${what}`)), 30_000).unref())

describe.skipIf(!canMount)('a workspace on a full disk', () => {
  it('that is new is not made, and one that is there is not opened: the disk is full, not sick', () => {
    const folder = path.join(temporaryFolder(), 'workspace')
    const disk = smallDisk(folder, MEBIBYTE)
    const isRefused = (): void => {
      expect(() => openStore(folder)).toThrow(expect.objectContaining(FULL) as Error)
    }
    disk.fillUpTo(0)
    isRefused()
    for (const left of [4096, 16_384, 40_960]) {
      rmSync(path.join(folder, '.filler'))
      disk.fillUpTo(left)
      isRefused()
    }
  })

  it.each([
    ['at once', 0],
    ['with room for a page or two', 12_288],
    ['with room for some more', 65_536],
  ])(
    'that fills up during a search, %s, leaves it interrupted, and it goes on',
    async (_title, left) => {
      const folder = path.join(temporaryFolder(), 'workspace')
      const disk: SmallDisk = smallDisk(folder, 24 * MEBIBYTE)
      writeDataset(folder)
      let hasFilled = false
      const engine = await openEngine(folder, {
        computes: fakeComputes(async function* (job) {
          if (!hasFilled) disk.fillUpTo(left)
          hasFilled = true
          yield* wellTrained(job)
        }),
      })
      onTestFinished(() => engine.close().catch(() => undefined))
      const { client } = engine
      // Long enough that its epochs take the room that is left.
      const { id } = await client.searches.create({ definition: definition({ epochs: 400 }) })
      const ended = async (): Promise<string> => {
        for await (const { run } of await client.searches.watch({ id }))
          if (run.state !== 'running' && run.state !== 'created') return run.state
        return 'no end'
      }
      expect(await Promise.race([ended(), never<string>('the search')])).toBe('interrupted')
      expect((await client.searches.get({ id })).error).toMatchObject(FULL)
      rmSync(path.join(folder, '.filler'))
      await client.searches.resume({ id })
      const state = await Promise.race([ended(), never<string>('the resumed search')])
      expect({ state, error: (await client.searches.get({ id })).error }).toEqual({ state: 'finished', error: null })
    },
    120_000,
  )
})
