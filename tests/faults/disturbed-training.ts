// One training with faults: the run is followed like any client follows it, and its compute is hit when the time has come.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { checkpointFiles, type CheckpointFiles } from './checkpoint-files'
import { writeDataset } from './dataset'
import { inflict, type Fault, type FaultKind } from './faults'
import { definition, openWorkbench, outcomeOf, STEPS_PER_EPOCH, type Outcome, type Workbench } from './workbench'

export interface Disturbed {
  readonly outcome: Outcome
  /** Faults that came before the training was over. */
  readonly inflicted: readonly FaultKind[]
  /** The folder of checkpoints after each death, before anything was started again. */
  readonly deaths: readonly CheckpointFiles[]
  /** What is left there at the end. */
  readonly left: CheckpointFiles
  /** Longest time from a fault to the next sign of life of the training. */
  readonly slowestReturnSeconds: number
}

export interface DisturbedOptions {
  readonly workspace: string
  readonly programs: string
  readonly faults: readonly Fault[]
}

/** @throws Error when the run has not come to an end after `LIMIT_MS`: it hangs */
export async function trainDisturbed({ workspace, programs, faults }: DisturbedOptions): Promise<Disturbed> {
  mkdirSync(workspace, { recursive: true })
  writeDataset(workspace)
  const folder = path.join(workspace, 'checkpoints')
  const deaths: CheckpointFiles[] = []
  let starts = 0
  const beforeStart = async (): Promise<void> => {
    if (starts++ > 0) deaths.push(await checkpointFiles(folder))
  }
  const workbench = await openWorkbench({ workspace, programs, beforeStart })
  try {
    const { id } = await workbench.client.searches.create({ definition: definition() })
    const hits = hitWhenDue(workbench, id, faults)
    // Read below; where the run hangs, its failure is not the one to tell.
    hits.catch(() => undefined)
    const outcome = await withinLimit(outcomeOf(workbench, workspace, id))
    const { inflicted, slowestReturnMs } = await hits
    const left = await checkpointFiles(folder)
    return { outcome, inflicted, deaths, left, slowestReturnSeconds: slowestReturnMs / 1000 }
  } finally {
    await workbench.close()
  }
}

/** An undisturbed training takes about 4 s and a new compute 2 s on two idle cores: more than this is a hang. */
const LIMIT_MS = 90_000

async function withinLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the run has not come to an end after ${LIMIT_MS / 1000} s`)), LIMIT_MS)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

async function hitWhenDue({ client, compute }: Workbench, id: string, faults: readonly Fault[]) {
  const waiting = [...faults]
  const inflicted: FaultKind[] = []
  let victim: unknown
  let hitAt: number | null = null
  let slowestReturnMs = 0
  for await (const { run, activities } of await client.searches.watch({ id })) {
    if (run.state !== 'running') break
    const [activity] = activities
    const process = compute()
    if (activity === undefined || process === undefined || process === victim) continue
    if (hitAt !== null) slowestReturnMs = Math.max(slowestReturnMs, Date.now() - hitAt)
    hitAt = null
    const [next] = waiting
    if (next === undefined || (activity.epoch - 1) * STEPS_PER_EPOCH + activity.step < next.step) continue
    waiting.shift()
    await new Promise((resolve) => setTimeout(resolve, next.delayMs))
    const isOver = (await client.searches.get({ id })).state !== 'running'
    if (isOver || process !== compute()) continue
    inflict(next.kind, process.pid)
    victim = process
    hitAt = Date.now()
    inflicted.push(next.kind)
  }
  return { inflicted, slowestReturnMs }
}
