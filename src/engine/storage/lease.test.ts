import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { openDatabase } from './database'
import { acquireLease, currentHolder, isStale, STALE_MS } from './lease'
import { DATABASE_FILE, openStore } from './store'

const stranger = { pid: 4_000_000, host: 'elsewhere', scope: 'another machine', since: '2026-01-01T00:00:00Z' }

describe('the lease on a workspace', () => {
  it('lets one engine write; the second reads and says who holds it', async () => {
    const folder = temporaryFolder()
    const first = openStore(folder)
    const second = openStore(folder)
    expect(first.readOnly).toBe(false)
    expect(second.readOnly).toBe(true)
    expect(second.holder).toContain(`process ${process.pid}`)
    await expect(second.write(() => Promise.resolve(1))).rejects.toMatchObject({ code: 'read-only' })
    await second.close()
    await first.close()
    const third = openStore(folder)
    expect(third.readOnly).toBe(false)
    await third.close()
  })

  it('is stale at once when its process is gone, and only by age on another machine', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    const self = currentHolder()
    const now = Date.now()
    expect(isStale({ ...self, pid: child.pid! }, now, now, self)).toBe(true)
    expect(isStale(self, now, now, self)).toBe(false)
    expect(isStale(stranger, now - STALE_MS + 1, now, self)).toBe(false)
    expect(isStale(stranger, now - STALE_MS - 1, now, self)).toBe(true)
    // A clock that was set back must not lock the workspace for ever.
    expect(isStale(stranger, now + STALE_MS + 1, now, self)).toBe(true)
  })

  it('fences an engine that slept while another took over', async () => {
    const folder = temporaryFolder()
    const store = openStore(folder)
    let lost = ''
    store.onLeaseLost((reason) => (lost = reason))
    const database = openDatabase(path.join(folder, DATABASE_FILE))
    database.exec('UPDATE lease SET heartbeat_ms = 0')
    const taken = acquireLease(database, stranger)
    expect(taken.held).toBe(true)
    await expect(store.write(() => Promise.resolve(1))).rejects.toMatchObject({ code: 'read-only' })
    expect(lost).toContain('taken it over')
    expect(store.readOnly).toBe(true)
    await store.close()
    expect(database.query('SELECT token FROM lease')).toHaveLength(1)
    database.close()
  })

  it('notices the loss by its own heart when nothing is written', async () => {
    const folder = temporaryFolder()
    const store = openStore(folder)
    const database = openDatabase(path.join(folder, DATABASE_FILE))
    const lost = new Promise<string>((resolve) => store.onLeaseLost(resolve))
    database.exec("UPDATE lease SET token = 'another'")
    expect(await lost).toContain('taken')
    database.close()
    await store.close()
  })

  it('keeps the workspace when the disk refuses a beat, and loses it when it refuses for too long', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const database = openDatabase(path.join(temporaryFolder(), DATABASE_FILE))
    const result = acquireLease(database)
    if (!result.held) throw new Error('a new workspace is free')
    const lost: string[] = []
    result.lease.startHeart((reason) => lost.push(reason))
    const refuseWrites = (on: boolean) => database.exec(`PRAGMA query_only=${on ? 'ON' : 'OFF'}`)
    refuseWrites(true)
    vi.advanceTimersByTime(2000)
    refuseWrites(false)
    vi.advanceTimersByTime(2000)
    expect(lost).toEqual([])
    refuseWrites(true)
    vi.advanceTimersByTime(STALE_MS + 1000)
    expect(lost).toHaveLength(1)
    refuseWrites(false)
    result.lease.release()
    database.close()
  })
})
