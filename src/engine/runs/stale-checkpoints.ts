// Checkpoints nobody will go on from: what a crash between a trial's result and its clean-up left, or a compute that wrote
// one last time after its run was stopped. A database that is behind does not know whose they are: then they are kept for weeks
// out of the way of new trials, which get the numbers of those that it has never seen.
import { readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { asideFolder } from '../storage/aside'
import type { Store } from '../storage/store'
import { listTrials, unfinishedTrials } from '../storage/trials'
import { checkpointFolder } from '../evaluators/training/training'

/** Call as the holder of the workspace, before any run goes. @returns how many folders left their place */
export async function dropStaleCheckpoints({ db, folders, behind }: Store, nowMs = Date.now()): Promise<number> {
  const needed = new Set((await unfinishedTrials(db)).map((id) => checkpointFolder(folders.checkpoints, id)))
  const present = (await readdir(folders.checkpoints)).filter((name) => /^trial-\d+$/.test(name))
  const stale = present.map((name) => path.join(folders.checkpoints, name)).filter((folder) => !needed.has(folder))
  for (const folder of stale) {
    if (behind === null) await rm(folder, { recursive: true, force: true })
    else
      await rename(folder, path.join(asideFolder(folders, 'checkpoints', nowMs), `${path.basename(folder)}-${nowMs}`))
  }
  return stale.length
}

/** A run whose data turned out to be damaged trained its unfinished trials on them: they begin again. */
export async function dropCheckpointsOf({ db, folders }: Store, runId: string): Promise<void> {
  for (const { id, state } of await listTrials(db, runId))
    if (state !== 'finished') await rm(checkpointFolder(folders.checkpoints, id), { recursive: true, force: true })
}
