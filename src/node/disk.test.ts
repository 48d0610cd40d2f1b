import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { diskError, freeBytes, refuseTooLittleSpace } from './disk'

const systemError = (code: string): Error => Object.assign(new Error(`${code}: it says`), { code })

describe('a disk', () => {
  it('tells its free space also for a folder that is not there yet', async () => {
    const there = await freeBytes(os.tmpdir())
    expect(there).toBeGreaterThan(0)
    expect(await freeBytes(path.join(os.tmpdir(), 'not', 'there'))).toBeGreaterThan(0)
  })

  it.each(['ENOSPC', 'EDQUOT'])('that is full (%s) is told with what was needed and what there is', async (code) => {
    const error = await diskError('write it', os.tmpdir(), 3 * 1024 ** 2, systemError(code))
    expect(error).toMatchObject({ code: 'storage-failed' })
    expect((error as Error).message).toMatch(
      /^Could not write it: it needs 3\.0 MiB and the disk is full \([\d.]+ [KMGT]?i?B are free\)\.$/,
    )
  })

  it('refuses beforehand what does not fit', async () => {
    await expect(refuseTooLittleSpace('write it', os.tmpdir(), 2 ** 80)).rejects.toMatchObject({
      code: 'storage-failed',
    })
    await refuseTooLittleSpace('write it', os.tmpdir(), 0)
  })
})

describe('what a file system says', () => {
  it('becomes advice; a bug stays a bug', async () => {
    const denied = await diskError('write it', os.tmpdir(), null, systemError('EACCES'))
    expect(denied).toMatchObject({
      code: 'storage-failed',
      message: 'Could not write it: the system gives no permission.',
    })
    const bug = new TypeError('undefined is not a function')
    expect(await diskError('write it', os.tmpdir(), null, bug)).toBe(bug)
  })
})
