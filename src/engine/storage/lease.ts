// Who may write a workspace: one engine at a time, by a row with a heartbeat. A second engine reads who holds it and opens
// read-only. Every write transaction checks the row again (store.ts), so an engine that lost it cannot write by mistake.
import { randomUUID } from 'node:crypto'
import { existsSync, readlinkSync } from 'node:fs'
import os from 'node:os'
import { z } from 'zod'
import { readSystemFile } from '@node/system-file'
import { openDatabase, type Database } from './database'

/** A held lease whose heart has not beaten for this long may be taken: a killed engine must be back within 5 seconds. */
export const STALE_MS = 3000
/** Three beats fit into the staleness, so that one slow disk write does not lose the lease. */
const BEAT_MS = 1000

const holderSchema = z.object({
  pid: z.number().int(),
  /** Name for people. */
  host: z.string(),
  /** Names one boot of one process-id space; only inside it a pid says anything. */
  scope: z.string(),
  since: z.string(),
})
export type Holder = z.infer<typeof holderSchema>

export type LeaseResult =
  { readonly held: true; readonly lease: Lease } | { readonly held: false; readonly holder: string }

export interface Lease {
  /** What the row holds while the lease is ours. */
  readonly token: string
  /** Starts beating; `onLost` is called once if another engine took over or the row can no longer be written. */
  startHeart(onLost: (reason: string) => void): void
  /** Stops beating and gives the lease back, if it is still ours. */
  release(): void
}

/** Names the process ids that mean the same as here; empty where there is no /proc: staleness alone then decides. */
function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return '' // not Linux
  }
}

function processScope(): string {
  const boot = readSystemFile('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  const space = processSpace()
  return boot === '' || space === '' ? '' : `${boot} ${space}`
}

export function currentHolder(): Holder {
  return { pid: process.pid, host: os.hostname(), scope: processScope(), since: new Date().toISOString() }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A killed process whose parent has not taken note yet still has its pid, but is no program any more.
    return !/^State:\s+Z/m.test(readSystemFile(`/proc/${pid}/status`) ?? '')
  } catch (thrown) {
    // EPERM: it lives, under another user.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}

/** The heartbeat is too old, or its process is known to be gone. A heartbeat from the future (clock set back) counts as fresh for one staleness only. */
export function isStale(holder: Holder, heartbeatMs: number, nowMs: number, self: Holder): boolean {
  if (Math.abs(nowMs - heartbeatMs) > STALE_MS) return true
  return holder.scope !== '' && holder.scope === self.scope && !isAlive(holder.pid)
}

/**
 * Takes the lease when it is free or stale.
 * @param self who asks; injected by tests.
 */
export function acquireLease(database: Database, self: Holder = currentHolder()): LeaseResult {
  database.exec(
    'CREATE TABLE IF NOT EXISTS lease (id INTEGER PRIMARY KEY CHECK (id = 1), token TEXT NOT NULL, holder TEXT NOT NULL, heartbeat_ms INTEGER NOT NULL) STRICT',
  )
  const token = randomUUID()
  database.exec('BEGIN IMMEDIATE')
  try {
    const row = database.query<{ holder: string; heartbeat_ms: number }>('SELECT holder, heartbeat_ms FROM lease')[0]
    const holder = row === undefined ? undefined : parseHolder(row.holder)
    if (row !== undefined && holder !== undefined && !isStale(holder, row.heartbeat_ms, Date.now(), self)) {
      database.exec('ROLLBACK')
      return { held: false, holder: describeHolder(holder) }
    }
    database
      .prepare('INSERT OR REPLACE INTO lease (id, token, holder, heartbeat_ms) VALUES (1, ?, ?, ?)')
      .run([token, JSON.stringify(self), Date.now()])
    database.exec('COMMIT')
  } catch (thrown) {
    database.exec('ROLLBACK')
    throw thrown
  }
  return { held: true, lease: createLease(database, token) }
}

/**
 * Who holds the database of a file at this moment, in words; null where nobody does, or where it cannot be read.
 * @param self who asks
 */
export function holderOf(file: string, self: Holder): string | null {
  if (!existsSync(file)) return null
  let database: Database | undefined
  try {
    database = openDatabase(file)
    const row = database.query<{ holder: string; heartbeat_ms: number }>('SELECT holder, heartbeat_ms FROM lease')[0]
    const holder = row === undefined ? undefined : parseHolder(row.holder)
    return row === undefined || holder === undefined || isStale(holder, row.heartbeat_ms, Date.now(), self)
      ? null
      : describeHolder(holder)
  } catch {
    // Damaged, or no table of that name: nobody works with it.
    return null
  } finally {
    database?.close()
  }
}

function parseHolder(json: string): Holder | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    // Damaged: nobody can be found by it, and the heartbeat cannot be trusted either.
    return undefined
  }
  const parsed = holderSchema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

/** "process 123 on box, since 2026-11-24 10:19 UTC", as whoever comes second is told. */
export function describeHolder({ pid, host, since }: Holder): string {
  // To the minute: 2026-11-24 10:19 UTC.
  return `process ${pid} on ${host}, since ${since.slice(0, 16).replace('T', ' ')} UTC`
}

function createLease(database: Database, token: string): Lease {
  let timer: NodeJS.Timeout | undefined
  let lastBeatMs = Date.now()
  const beat = (): boolean =>
    Number(
      database.prepare('UPDATE lease SET heartbeat_ms = ? WHERE id = 1 AND token = ?').run([Date.now(), token]).changes,
    ) === 1
  return {
    token,
    startHeart: (onLost) => {
      timer = setInterval(() => {
        try {
          if (beat()) {
            lastBeatMs = Date.now()
            return
          }
          clearInterval(timer)
          onLost('another program has taken the workspace over')
        } catch (thrown) {
          // A disk that is full or busy for a moment; until the lease is stale nobody else may take it.
          if (Date.now() - lastBeatMs < STALE_MS) return
          clearInterval(timer)
          onLost(thrown instanceof Error ? thrown.message : String(thrown))
        }
      }, BEAT_MS)
      timer.unref()
    },
    release: () => {
      clearInterval(timer)
      if (database.isOpen) database.prepare('DELETE FROM lease WHERE token = ?').run([token])
    },
  }
}
