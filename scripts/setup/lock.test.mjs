// One holder at a time, and a dead one does not block for ever.
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { spawn } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withLock } from './lock.mjs'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'set-up-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('withLock', () => {
  it('runs one holder at a time and removes the lock', async () => {
    const lock = path.join(folder, 'lock')
    let inside = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, (inside += 1))
      await new Promise((resolve) => setTimeout(resolve, 20))
      inside -= 1
    }
    await Promise.all(Array.from({ length: 6 }, () => withLock(lock, work, { poll: 5 })))
    expect(most).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  it('takes over from a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => child.on('exit', resolve))
    const lock = path.join(folder, 'lock')
    await writeFile(lock, JSON.stringify({ pid: child.pid, host: os.hostname(), token: 'x' }))
    expect(await withLock(lock, async () => 'ran')).toBe('ran')
  })

  it('waits for a living owner on another machine until its heartbeat stops', async () => {
    const lock = path.join(folder, 'lock')
    await writeFile(lock, JSON.stringify({ pid: 1, host: 'elsewhere', token: 'x' }))
    const told = []
    const running = withLock(lock, async () => Date.now(), {
      poll: 10,
      staleAfter: 60_000,
      onWait: (who) => told.push(who),
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(told).toEqual(['process 1 on elsewhere'])
    const released = Date.now()
    const longAgo = new Date(Date.now() - 120_000)
    await utimes(lock, longAgo, longAgo)
    expect(await running).toBeGreaterThanOrEqual(released)
  })
})
