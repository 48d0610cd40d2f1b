// One piece of work on a cache at a time, whichever program it runs in: a file with its owner, touched while the owner lives.
import { randomBytes } from 'node:crypto'
import { link, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { AppError } from '@shared/errors'
import { makeFolder } from '@node/folders'
import { readJson } from '@node/json-file'
import { errorCode, fileError } from '@node/file-error'
import { delay } from '@node/waiting'

/** The owner touches the lock this often. */
const HEARTBEAT_MS = 5_000
/** Where a lock could not be made in one step, its owner is in it after this. */
const HALF_WRITTEN_MS = 100
/** Untouched for a dozen heartbeats, it has no living owner, whatever machine that was on. */
const STALE_MS = 60_000

/** What link(2) ends with where a file system has none; EPERM is also what a folder says that may not be written, as the second try then does. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

const ownerSchema = z.object({ pid: z.number().int(), host: z.string(), token: z.string() })
type Owner = z.infer<typeof ownerSchema>

export interface LockOptions {
  /** What an owner does, after its name: "is fetching a data set". */
  readonly doing: string
  /** Called while another process holds it, before it is tried again; absent refuses. It may throw to give up. */
  readonly wait?: (owner: string) => Promise<void>
}

/** @throws AppError `conflict` naming the process that holds it, what `wait` and what `work` throw */
export async function holdingLock<T>(file: string, { doing, wait }: LockOptions, work: () => Promise<T>): Promise<T> {
  const mine: Owner = { pid: process.pid, host: os.hostname(), token: randomBytes(8).toString('hex') }
  try {
    makeFolder(path.dirname(file))
  } catch (thrown) {
    throw fileError(`make ${path.dirname(file)}`, thrown)
  }
  while (!(await take(file, mine))) {
    const owner = (await ownerOf(file)) ?? (await delay(HALF_WRITTEN_MS), await ownerOf(file))
    if (owner !== undefined && (await isHeld(file, owner))) {
      const name = `Process ${owner.pid} on ${owner.host}`
      if (wait === undefined) throw new AppError('conflict', `${name} ${doing}.`, 'Wait until it is done.')
      await wait(name)
    } else await removeIf(file, owner?.token)
  }
  const beat = setInterval(() => {
    const now = new Date()
    // A touch that fails lets the lock grow old, no more.
    utimes(file, now, now).catch(() => undefined)
  }, HEARTBEAT_MS)
  beat.unref()
  try {
    return await work()
  } finally {
    clearInterval(beat)
    await removeIf(file, mine.token)
  }
}

/** Made with its content in one step, so that nobody reads half an owner. */
async function take(file: string, owner: Owner): Promise<boolean> {
  const temporary = `${file}.${owner.token}`
  try {
    await writeFile(temporary, JSON.stringify(owner))
    await link(temporary, file).catch((thrown: unknown) => {
      // Disks without hard links (FAT, some shares): not in one step, but by one alone.
      if (!NO_LINKS.has(errorCode(thrown) ?? '')) throw thrown
      return writeFile(file, JSON.stringify(owner), { flag: 'wx' })
    })
    return true
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') return false
    throw fileError(`lock ${path.dirname(file)}`, thrown)
  } finally {
    await rm(temporary, { force: true })
  }
}

async function ownerOf(file: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(await readJson(file))
  } catch {
    return undefined // gone meanwhile, or not ours
  }
}

const touchedAt = (file: string): Promise<number> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => -Infinity,
  )

async function isStale(file: string, owner: Owner): Promise<boolean> {
  return Date.now() - (await touchedAt(file)) > STALE_MS || isAlive(owner) === false
}

/** Whether the owner's process lives; null on another machine, where nobody can tell. */
function isAlive({ pid, host }: Owner): boolean | null {
  if (host !== os.hostname()) return null
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return errorCode(thrown) === 'EPERM'
  }
}

/** A machine that slept, or whose clock differs, has an owner that looks dead: a living one touches its lock meanwhile. */
async function isHeld(file: string, owner: Owner): Promise<boolean> {
  if (!(await isStale(file, owner))) return true
  if (isAlive(owner) === false) return false
  const before = await touchedAt(file)
  await delay(HEARTBEAT_MS + HEARTBEAT_MS / 2)
  const after = await touchedAt(file)
  return after > before && (await ownerOf(file))?.token === owner.token
}

/** Two who see the same dead owner must not remove a living one's lock. */
async function removeIf(file: string, token: string | undefined): Promise<void> {
  const aside = `${file}.${randomBytes(8).toString('hex')}`
  try {
    await rename(file, aside)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return
    throw thrown
  }
  const found = (await ownerOf(aside))?.token
  if (found !== token && found !== undefined) await link(aside, file).catch(() => undefined)
  await rm(aside, { force: true })
}
