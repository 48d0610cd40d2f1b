// Whether this database knows all that the folder holds. Each opening is counted in the database and in a file beside it: a copy
// of the database that was put back counts less than the file, a new one has another name. Such a database is "behind", and while
// it is nothing is removed, because what it does not know is not what nobody needs (docs/rules.md#never-the-users-loss).
import { typed } from '@node/command-line'
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { readJsonSync } from '@node/json-file'
import { writeFileWholeSync } from '@node/whole-file'
import type { Database } from './database'

/** Beside the database. */
export const STAMP_FILE = 'workspace-stamp.json'

/** How long what nobody knows is kept: long enough to come back from a holiday and look for a lost search. */
export const KEPT_MS = 28 * 24 * 60 * 60 * 1000

const stampSchema = z.object({ database: z.string(), openings: z.number().int() })
type Stamp = z.infer<typeof stampSchema>

const KEYS = { database: 'database-id', openings: 'openings', behindSince: 'behind-since' } as const

export interface Behind {
  /** ISO 8601. */
  readonly since: string
  /** Until then nothing is removed. */
  readonly until: string
}

function readStamp(file: string): Stamp | undefined {
  try {
    const parsed = stampSchema.safeParse(readJsonSync(file))
    return parsed.success ? parsed.data : undefined
  } catch {
    // Absent, or unreadable: then nothing is known of earlier openings, and the next one writes it anew.
    return undefined
  }
}

function read(database: Database, key: string): string | undefined {
  return database.query<{ value: string }>('SELECT value FROM meta WHERE key = ?', [key])[0]?.value
}

function write(database: Database, key: string, value: string): void {
  database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run([key, value])
}

/** A hash's first two digits name the folders of contents. */
function holdsContents(artefacts: string): boolean {
  return (
    existsSync(artefacts) &&
    readdirSync(artefacts).some(
      (name) => /^[0-9a-f]{2}$/.test(name) && readdirSync(path.join(artefacts, name)).length > 0,
    )
  )
}

/**
 * Counts this opening. Call as the holder of the lease, once the tables are there.
 * @param root of the workspace
 */
export function takeCustody(database: Database, root: string, nowMs = Date.now()): Behind | null {
  const file = path.join(root, STAMP_FILE)
  const stamp = readStamp(file)
  const known = read(database, KEYS.database)
  const openings = Number(read(database, KEYS.openings) ?? '0')
  const isOther = stamp !== undefined && (stamp.database !== known || stamp.openings > openings)
  // Before openings were counted: a database that has never held a run cannot know contents that are there.
  const isEmpty =
    stamp === undefined && known === undefined && database.query('SELECT 1 FROM runs LIMIT 1').length === 0
  if (isOther || (isEmpty && holdsContents(path.join(root, 'artefacts'))))
    write(database, KEYS.behindSince, new Date(nowMs).toISOString())
  const next: Stamp = { database: known ?? randomUUID(), openings: Math.max(openings, stamp?.openings ?? 0) + 1 }
  // The database first: an end in between leaves a file that counts less, which means nothing.
  write(database, KEYS.database, next.database)
  write(database, KEYS.openings, String(next.openings))
  try {
    writeFileWholeSync(file, `${JSON.stringify(next)}\n`)
  } catch {
    // A full disk must not keep a workspace from opening; the file then counts less.
  }
  return behindOf(database, nowMs)
}

/** What an opening has found; also for who may only read. */
export function behindOf(database: Database, nowMs = Date.now()): Behind | null {
  const since = read(database, KEYS.behindSince)
  if (since === undefined) return null
  const untilMs = Date.parse(since) + KEPT_MS
  return nowMs > untilMs ? null : { since, until: new Date(untilMs).toISOString() }
}

/** What it means and what to do, for doctor, command line and log. */
export function behindText({ since, until }: Behind): { found: string; fix: string } {
  return {
    found: `this database knows less than its folder holds (an older copy, or a new one; seen ${since.slice(0, 10)}): nothing is removed before ${until.slice(0, 10)}`,
    fix: `If runs are missing, put a newer copy back: "${typed('workspace backups')}" lists them, "${typed('workspace restore FILE')}" does it. Otherwise nothing needs to be done.`,
  }
}
