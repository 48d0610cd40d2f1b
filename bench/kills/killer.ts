// Kills one search again and again: its engine, its compute, or everything at once, as a machine's user, its kernel and its plug do.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Random } from '../../src/shared/random'
import type { Kind, News } from './searches'

export const VICTIMS = ['engine', 'compute', 'everything'] as const
export type Victim = (typeof VICTIMS)[number]

export interface Life {
  /** Killed with what it did; else it ended by itself. */
  readonly wasKilled: boolean
  readonly hung: boolean
  readonly code: number | null
  /** Trials that it began. */
  readonly begun: ReadonlySet<number>
  /** "TRIAL/EPOCH" that it trained, where that is told. */
  readonly trained: ReadonlySet<string>
  /** Of its replay at the end; undefined where it came to none. */
  readonly verified: boolean | undefined
  readonly kills: readonly Victim[]
  /** From its first sign to its end. */
  readonly ms: number
  /** Computes that outlived their engine by more than the limit. */
  readonly orphans: number
}

export const CHILD = '--search-in'
const HANG_MS = 300_000
/** A compute ends when its port closes; a step that is under way may take as long as this on a busy machine. */
const ORPHAN_MS = 30_000

export interface Plan {
  readonly kind: Kind
  readonly strategy: string
  readonly folder: string
  /** Who is killed next, in order; what was killed is taken away. */
  readonly victims: Victim[]
  /** A kill comes at most so long after the last one, or the start. */
  readonly latestMs: number
  readonly random: Random
  /** Receives the run's id as soon as it is made. */
  readonly onRun?: (id: string) => void
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false // it has ended
  }
}
const signalled = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false // it had ended before
  }
}

export async function live({ kind, strategy, folder, victims, latestMs, random, onRun }: Plan): Promise<Life> {
  // A group of its own, so that everything can be killed at once.
  const child = fork(process.argv[1]!, [CHILD, kind, folder, strategy], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  })
  const begun = new Set<number>()
  const trained = new Set<string>()
  let verified: boolean | undefined
  const computes: number[] = []
  const kills: Victim[] = []
  let timer: NodeJS.Timeout | undefined
  let hung = false
  let born: number | undefined
  const strike = (): void => {
    const [victim] = victims
    if (victim === undefined || child.pid === undefined) return
    const compute = computes.at(-1)
    const hit =
      victim === 'engine' ? child.kill('SIGKILL') : signalled(victim === 'everything' ? -child.pid : (compute ?? 0))
    if (hit) {
      kills.push(victim)
      victims.shift()
    }
    if (victim === 'compute') aim()
  }
  const aim = (): void => {
    // A group, or a compute that was not told yet, is nobody to kill.
    timer = setTimeout(
      () => (victims[0] === 'compute' && computes.length === 0 ? aim() : strike()),
      1 + random.integer(latestMs),
    )
  }
  const hang = setTimeout(() => {
    hung = true
    signalled(-child.pid!)
  }, HANG_MS)
  child.on('message', ({ trial, compute, epoch, verified: isVerified, run }: News) => {
    born ??= Date.now()
    if (run !== undefined) onRun?.(run)
    if (epoch !== undefined) trained.add(epoch.join('/'))
    verified = isVerified ?? verified
    if (trial !== undefined) begun.add(trial)
    if (compute !== undefined) computes.push(compute)
    if (timer === undefined && victims.length > 0) aim()
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  clearTimeout(timer)
  clearTimeout(hang)
  const ms = Date.now() - (born ?? Date.now())
  const orphans = await outliving(computes)
  return { wasKilled: signal === 'SIGKILL', hung, code, begun, trained, verified, kills, ms, orphans }
}

async function outliving(pids: readonly number[]): Promise<number> {
  const until = Date.now() + ORPHAN_MS
  while (pids.some(isAlive) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
  const left = pids.filter(isAlive)
  for (const pid of left) signalled(pid)
  return left.length
}
