// Where a run's programs find and leave their files: a folder of the run below the workspace, with a log and a folder for each trial.
import path from 'node:path'

export interface TrialFiles {
  /** The architecture and what belongs to it, as JSON. */
  readonly request: string
  /** What the program printed. */
  readonly log: string
  /** For the program's own files; it stays until the trial has ended. */
  readonly work: string
}

/** @param folder of the workspace's commands */
export const commandFilesOf = (folder: string, runNumber: number): string => path.join(folder, `run-${runNumber}`)

export function trialFiles(folder: string, runNumber: number, trialNumber: number): TrialFiles {
  const base = path.join(commandFilesOf(folder, runNumber), `trial-${trialNumber}`)
  return { request: `${base}.json`, log: `${base}.log`, work: base }
}
