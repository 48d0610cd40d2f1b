// What lies in the folders of checkpoints, and whether each file is whole: looked at while no compute is running.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { readArrayFile } from '../../src/compute/networks/array-file'
import { PARTIAL_SUFFIX } from '../../src/node/whole-file'

export interface CheckpointFiles {
  /** Files under their final names. */
  readonly whole: number
  /** Why each file under its final name cannot be read. */
  readonly broken: readonly string[]
  /** Files still being written when the compute ended. */
  readonly partial: number
}

/** @param folder `checkpoints/` of a workspace */
export async function checkpointFiles(folder: string): Promise<CheckpointFiles> {
  const trials = existsSync(folder) ? readdirSync(folder) : []
  const files = trials.flatMap((trial) =>
    readdirSync(path.join(folder, trial)).map((name) => path.join(folder, trial, name)),
  )
  const partial = files.filter((file) => file.endsWith(PARTIAL_SUFFIX))
  // Not those that only remember something by being there.
  const final = files.filter((file) => /\.(checkpoint|weights)$/.test(file))
  const broken: string[] = []
  for (const file of final) {
    await readArrayFile(file).catch((thrown: unknown) => broken.push(`${path.basename(file)}: ${String(thrown)}`))
  }
  return { whole: final.length - broken.length, broken, partial: partial.length }
}
