// One installation of a cache at a time, whichever program it runs in: a file with its owner, touched while the owner lives.
import { randomBytes } from 'node:crypto'
import { link, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { AppError } from '@shared/errors'
import { makeFolder } from '@node/folders'
import { readJson } from '@node/json-file'
import { errorCode } from '@node/file-error'

/** The owner touches the lock this often. */
const HEARTBEAT_MS = 5_000
/** Untouched for a dozen heartbeats, it has no living owner, whatever machine that was on. */
const STALE_MS = 60_000

const ownerSchema = z.object({ pid: z.number().int(), host: z.string(), token: z.string() })
type Owner = z.infer<typeof ownerSchema>

/** @throws AppError `conflict` naming the process that holds it, and what `work` throws */
export async function holdingLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const mine: Owner = { pid: process.pid, host: os.hostname(), token: randomBytes(8).toString('hex') }
  makeFolder(path.dirname(file))
  while (!(await take(file, mine))) {
    const owner = await ownerOf(file)
    if (owner !== undefined && !(await isStale(file, owner)))
      throw new AppError(
        'conflict',
        `Process ${owner.pid} on ${owner.host} is installing or removing a runtime in the same folder.`,
        'Wait until it is done.',
      )
    await removeIf(file, owner?.token)
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
  await writeFile(temporary, JSON.stringify(owner))
  try {
    await link(temporary, file)
    return true
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') return false
    throw thrown
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

async function isStale(file: string, { pid, host }: Owner): Promise<boolean> {
  const age = await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Infinity,
  )
  if (age > STALE_MS) return true
  if (host !== os.hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (thrown) {
    return errorCode(thrown) !== 'EPERM'
  }
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
