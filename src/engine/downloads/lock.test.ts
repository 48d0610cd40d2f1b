// The lock of a cache: who waits, who takes it over, and whose it stays.
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { holdingLock } from './lock'

const LONG_AGO = new Date(Date.now() - 3_600_000)

function lockOf(owner: object | string, touched = LONG_AGO): string {
  const file = path.join(temporaryFolder(), 'install.lock')
  writeFileSync(file, typeof owner === 'string' ? owner : JSON.stringify({ host: hostname(), token: 'x', ...owner }))
  utimesSync(file, touched, touched)
  return file
}
const held = (file: string): Promise<string> =>
  holdingLock(file, { doing: 'is at work' }, () => Promise.resolve('held'))

describe('a lock', () => {
  it('is gone afterwards, with nothing beside it', async () => {
    const file = path.join(temporaryFolder(), 'made', 'install.lock')
    expect(await held(file)).toBe('held')
    expect(readdirSync(path.dirname(file))).toEqual([])
  })

  it('of a process that has died, or with half an owner in it, is taken over at once', async () => {
    expect(await held(lockOf({ pid: 2 ** 22 + 1 }, new Date()))).toBe('held')
    expect(await held(lockOf('{"pid": 4', new Date()))).toBe('held')
    expect(await held(lockOf('', new Date()))).toBe('held')
  })

  it.each([
    ['lives and slept with its machine', { pid: process.ppid }],
    ['lives on another machine with another clock', { pid: 1, host: 'elsewhere' }],
  ])('of an owner that %s is not taken from it once it is touched again', async (_who, owner) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const file = lockOf(owner)
      const taking = held(file).then(
        () => 'taken',
        ({ code }: { code: string }) => code,
      )
      await vi.waitUntil(() => vi.getTimerCount() > 0, { interval: 0 })
      utimesSync(file, new Date(LONG_AGO.getTime() + 5000), new Date(LONG_AGO.getTime() + 5000))
      await vi.runAllTimersAsync()
      expect(await taking).toBe('conflict')
      expect(readFileSync(file, 'utf8')).toContain('"token":"x"')
    } finally {
      vi.useRealTimers()
    }
  })

  it('of a living owner is waited for by who wants to, and refused by its name to others', async () => {
    const file = lockOf({ pid: process.ppid }, new Date())
    await expect(held(file)).rejects.toMatchObject({
      code: 'conflict',
      message: `Process ${process.ppid} on ${hostname()} is at work.`,
    })
    const asked: string[] = []
    const wait = (owner: string): Promise<void> => {
      asked.push(owner)
      if (asked.length === 2) rmSync(file)
      return Promise.resolve()
    }
    expect(await holdingLock(file, { doing: 'is at work', wait }, () => Promise.resolve('held'))).toBe('held')
    expect(asked).toHaveLength(2)
  })

  it('that cannot be made says why in words', async () => {
    const file = path.join(temporaryFolder(), 'a-file')
    writeFileSync(file, '')
    await expect(held(path.join(file, 'install.lock'))).rejects.toMatchObject({ code: 'storage-failed' })
  })
})
