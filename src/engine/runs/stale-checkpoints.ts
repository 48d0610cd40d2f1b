// Checkpoints nobody will go on from: what a crash between a trial's result and its clean-up left, or a compute that wrote
// one last time after its run was stopped.
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Store } from '../storage/store'
import { unfinishedTrials } from '../storage/trials'
import { checkpointFolder } from '../evaluators/training'

/** Call as the holder of the workspace, before any run goes. @returns how many folders were removed */
export async function dropStaleCheckpoints({ db, folders }: Store): Promise<number> {
  const needed = new Set((await unfinishedTrials(db)).map((id) => checkpointFolder(folders.checkpoints, id)))
  const present = (await readdir(folders.checkpoints)).filter((name) => /^trial-\d+$/.test(name))
  const stale = present.map((name) => path.join(folders.checkpoints, name)).filter((folder) => !needed.has(folder))
  for (const folder of stale) await rm(folder, { recursive: true, force: true })
  return stale.length
}
