// One training with faults: the run is followed like any client follows it, and its compute is hit when the time has come. What
// became of every fault is found out, because not every one that is aimed ends a compute at its work.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Recipe } from '../../src/shared/search/recipe'
import type { StartedProcess } from '../../src/engine/executors/process-starter'
import { checkpointFiles, type CheckpointFiles } from './checkpoint-files'
import { writeDataset } from './dataset'
import { inflict, type Fault, type FaultKind } from './faults'
import { MemoryGroup } from './memory-groups'
import { definition, openWorkbench, outcomeOf, STEPS_PER_EPOCH, type Outcome, type Workbench } from './workbench'

/**
 * `died`: the compute ended and the trial had to be tried again. `refused`: the compute lived and told that it got no memory.
 * `survived`: the training came to its end all the same, because it needed nothing more of what was taken. `missed`: the
 * training was over by then, or its compute had gone.
 */
export type Fate = 'died' | 'refused' | 'survived' | 'missed'

export interface Hit {
  readonly kind: FaultKind
  readonly fate: Fate
}

export interface Disturbed {
  readonly outcome: Outcome
  readonly hits: readonly Hit[]
  /** The folder of checkpoints after each death, before anything was started again. */
  readonly deaths: readonly CheckpointFiles[]
  /** What is left there at the end. */
  readonly left: CheckpointFiles
  /** From each fault that ended a compute at its work to the next sign of life of the training. */
  readonly returnSeconds: readonly number[]
  /** From the search's start to the first sign of life of its compute: how fast this machine is just now. */
  readonly startSeconds: number
  /** What the user can read of it. */
  readonly journal: readonly string[]
}

export interface DisturbedOptions {
  readonly workspace: string
  readonly programs: string
  readonly faults: readonly Fault[]
  readonly recipe?: Partial<Recipe>
  /** After so long the run hangs; `LIMIT_SECONDS` by default. */
  readonly limitSeconds?: number
}

/** A hit while it is not known what comes of it. */
interface Shot {
  readonly kind: FaultKind
  readonly hasHit: boolean
  readonly isOver: () => boolean
}

/** An undisturbed training takes about 4 s and a new compute 2 s on two idle cores: more than this is a hang. */
const LIMIT_SECONDS = 90

/** @throws Error with the journal when the run has not come to an end in time: it hangs */
export async function trainDisturbed(options: DisturbedOptions): Promise<Disturbed> {
  const { workspace, programs, faults, recipe, limitSeconds = LIMIT_SECONDS } = options
  mkdirSync(workspace, { recursive: true })
  writeDataset(workspace)
  const folder = path.join(workspace, 'checkpoints')
  const deaths: CheckpointFiles[] = []
  const groups: MemoryGroup[] = []
  let starts = 0
  const workbench = await openWorkbench({
    workspace,
    programs,
    beforeStart: async () => {
      if (starts++ > 0) deaths.push(await checkpointFiles(folder))
    },
    onStart: ({ pid }) => {
      if (!faults.some(({ kind }) => kind === 'memory-group')) return
      const group = new MemoryGroup()
      groups.push(group)
      group.add(pid)
    },
  })
  const journal: string[] = []
  try {
    const { id } = await workbench.client.searches.create({ definition: definition(recipe) })
    const following = follow(workbench, id, faults, () => groups[groups.length - 1], journal)
    // Read below; where the run hangs, its failure is not the one to tell.
    following.catch(() => undefined)
    const outcome = await withinLimit(outcomeOf(workbench, workspace, id), limitSeconds, journal)
    const { shots, returnSeconds, startSeconds } = await following
    const left = await checkpointFiles(folder)
    return { outcome, hits: fates(shots, outcome), deaths, left, returnSeconds, startSeconds, journal }
  } finally {
    await workbench.close()
    for (const group of groups) await group.remove()
  }
}

async function withinLimit<T>(work: Promise<T>, seconds: number, journal: readonly string[]): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no end after ${seconds} s; its journal: ${journal.join(' | ') || 'empty'}`)),
      1000 * seconds,
    )
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

async function follow(
  { client, compute }: Workbench,
  id: string,
  faults: readonly Fault[],
  group: () => MemoryGroup | undefined,
  journal: string[],
) {
  const waiting = [...faults]
  const shots: Shot[] = []
  const returnSeconds: number[] = []
  let victim: StartedProcess | undefined
  let hitAt: number | null = null
  const begun = Date.now()
  let startSeconds: number | null = null
  for await (const { run, activities, journal: lines } of await client.searches.watch({ id })) {
    journal.push(...lines.map(({ message }) => message))
    if (run.state !== 'running') break
    const [activity] = activities
    const process = compute()
    if (activity === undefined || process === undefined || process === victim) continue
    startSeconds ??= (Date.now() - begun) / 1000
    if (hitAt !== null) returnSeconds.push((Date.now() - hitAt) / 1000)
    hitAt = null
    const [next] = waiting
    if (next === undefined || (activity.epoch - 1) * STEPS_PER_EPOCH + activity.step < next.step) continue
    waiting.shift()
    await new Promise((resolve) => setTimeout(resolve, next.delayMs))
    const isOver = (await client.searches.get({ id })).state !== 'running'
    const hasHit = !isOver && process === compute() && inflict(next.kind, process.pid, group())
    let hasEnded = false
    void process.exited.then(() => (hasEnded = true))
    shots.push({ kind: next.kind, hasHit, isOver: () => hasEnded })
    if (!hasHit) continue
    victim = process
    hitAt = Date.now()
  }
  return { shots, returnSeconds, startSeconds: startSeconds ?? 0 }
}

/** A compute may also end after its training has: so many ended at their work as the trial was tried anew. */
function fates(shots: readonly Shot[], { trial: { attempt, error, state } }: Outcome): Hit[] {
  let deaths = attempt - 1
  return shots.map(({ kind, hasHit, isOver }) => {
    if (!hasHit) return { kind, fate: 'missed' }
    if (isOver() && deaths-- > 0) return { kind, fate: 'died' }
    if (state === 'failed') return { kind, fate: isOver() || error?.code !== 'out-of-memory' ? 'died' : 'refused' }
    // The result was there before the end: nobody survives a signal, but a process that needs no more memory lives on.
    const mayLive = kind === 'address-space' || kind === 'memory-group'
    return { kind, fate: mayLive && !isOver() ? 'survived' : 'missed' }
  })
}
