// The computation of a fine-tuning, from weights to weights: what a thread is given and gives, as plain data. Who asks is tuner.ts.
import { membersOf, type WorkbenchFile } from '@shared/proposer/checkpoint'
import { fineTune, type FineTuned, type FineTuning, type LabelledGraph } from '@shared/proposer/fine-tuning'
import type { Breathe } from '@shared/breathe'

export interface TuningJob {
  readonly file: WorkbenchFile
  /** Of all members, behind one another. */
  readonly weights: Float32Array
  readonly graphs: readonly LabelledGraph[]
  readonly settings: FineTuning
}

export interface TuningProgress {
  readonly share: number
  readonly loss: number
}

export interface Tuned extends Omit<FineTuned, 'members'> {
  readonly weights: Float32Array
  /** Of processor time. */
  readonly seconds: number
}

/** @param breathe awaited before each step; what it throws ends it @throws AppError as `fineTune` and `membersOf` */
export async function tune(
  { file, weights, graphs, settings }: TuningJob,
  tell: (progress: TuningProgress) => void,
  breathe?: Breathe,
): Promise<Tuned> {
  const begun = process.cpuUsage()
  const { members, ...figures } = await fineTune(membersOf(file, weights), graphs, settings, tell, breathe)
  const parts = members.map((member) => member.parameters.write())
  const written = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  parts.reduce((at, part) => (written.set(part, at), at + part.length), 0)
  const { user, system } = process.cpuUsage(begun)
  return { ...figures, weights: written, seconds: Math.round((user + system) / 1e6) }
}
