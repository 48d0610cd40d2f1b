// One set-up at a time per cache: a lock file with a heartbeat, taken over when its owner is gone.
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** The owner touches the lock this often (milliseconds). */
const HEARTBEAT = 5000
/** A lock untouched for this long has no living owner, wherever it ran: a dozen missed heartbeats. */
const STALE_AFTER = 60_000
const POLL = 500

/**
 * Runs `work` while holding the lock.
 * @template T
 * @param {string} file the lock file; its folder is made when missing
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (owner: string) => void, heartbeat?: number, staleAfter?: number, poll?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(
  file,
  work,
  { onWait, heartbeat = HEARTBEAT, staleAfter = STALE_AFTER, poll = POLL } = {},
) {
  const mine = JSON.stringify({ pid: process.pid, host: os.hostname(), token: randomBytes(8).toString('hex') })
  await mkdir(path.dirname(file), { recursive: true })
  let told = false
  while (!(await take(file, mine))) {
    const owner = await readOwner(file)
    if (owner && (await isStale(file, owner, staleAfter))) {
      await removeIf(file, owner.text)
      continue
    }
    if (owner && !told) {
      told = true
      onWait?.(`process ${owner.pid} on ${owner.host}`)
    }
    await new Promise((resolve) => setTimeout(resolve, poll))
  }
  const beat = setInterval(() => {
    const now = new Date()
    // A lock that was taken from us (this machine slept) has another owner's token; the rename-into-place of every result
    // keeps both harmless, so a failed touch needs no more than to be ignored.
    utimes(file, now, now).catch(() => undefined)
  }, heartbeat)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    await removeIf(file, mine)
  }
}

/** Creates the lock with its content in one step (a linked temporary file), so nobody ever reads an empty one. */
async function take(file, content) {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(temporary, content)
  try {
    await link(temporary, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

async function readOwner(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return { ...JSON.parse(text), text }
  } catch {
    return { pid: 0, host: 'unknown', text }
  }
}

async function isStale(file, owner, staleAfter) {
  const age = await stat(file).then(
    (info) => Date.now() - info.mtimeMs,
    () => 0,
  )
  if (age > staleAfter) return true
  return owner.host === os.hostname() && !isAlive(owner.pid)
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Removes the lock only when it still has this content: two waiters that see the same stale lock must not remove a fresh one. */
async function removeIf(file, content) {
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await rename(file, aside)
  } catch (error) {
    if (error.code === 'ENOENT') return
    throw error
  }
  const text = await readFile(aside, 'utf8')
  if (text !== content) await link(aside, file).catch(() => undefined)
  await rm(aside, { force: true })
}
