import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { openDatabase } from './database'
import { acquireLease } from './lease'
import { openStoreWhenFree } from './open-when-free'
import { DATABASE_FILE, openStore } from './store'

// On another machine, so that nothing but the age of its heartbeat says whether it lives.
const stranger = { pid: 4_000_000, host: 'elsewhere', scope: 'another machine', since: '2026-01-01T00:00:00Z' }

describe('opening a workspace that seems to be held', () => {
  it('takes over from a holder that was just killed instead of staying read-only', async () => {
    const folder = temporaryFolder()
    await openStore(folder).close()
    const database = openDatabase(path.join(folder, DATABASE_FILE))
    expect(acquireLease(database, stranger).held).toBe(true)
    const store = await openStoreWhenFree(folder)
    expect(store.readOnly).toBe(false)
    await store.close()
    database.close()
  })

  it('stays read-only, without waiting long, beside a holder whose heart beats', async () => {
    const folder = temporaryFolder()
    const holder = openStore(folder)
    const second = await openStoreWhenFree(folder)
    expect(second.readOnly).toBe(true)
    await second.close()
    expect(holder.readOnly).toBe(false)
    await holder.close()
  })
})
