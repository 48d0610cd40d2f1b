// Fine-tunes the relational GPT on what this workspace has trained, into a checkpoint of its own that lies beside the others. The model is
// small and needs no compute: a thread of the engine's does it (tuner.ts).
import { createHash } from 'node:crypto'
import type { FineTuneRequest, FineTuneEvent } from '@shared/contract/proposer'
import { AppError } from '@shared/errors'
import { graphKey } from '@shared/language/graphs/operation-graph'
import type { WorkbenchFile } from '@shared/proposer/checkpoint'
import type { FineTunedFrom } from '@shared/proposer/fine-tuned'
import type { LabelledGraph } from '@shared/proposer/fine-tuning'
import { fineTunedCard } from '@shared/proposer/fine-tuned-card'
import { refuseCancelled } from '@node/cancel'
import type { ModelFolder } from '@node/model-folder'
import { readWorkbenchCheckpoint, writeWorkbenchCheckpoint } from '@node/small-checkpoints'
import type { OwnCheckpoints } from '../proposers/own-checkpoints'
import { cardCommand } from './card-command'
import { labelledTrials, type TrialTools } from './labelled-trials'
import type { TuningProgress } from './tune'
import type { Tuner } from './tuner'

const sha256Of = (graphs: readonly LabelledGraph[]): string => {
  const hash = createHash('sha256')
  for (const { graph, fitness, group } of graphs) hash.update(`${group}\t${graphKey(graph)}\t${fitness}\n`)
  return hash.digest('hex')
}

/** What makes a checkpoint of another and of labelled architectures, wherever they are from. */
export interface FineTuneJob {
  readonly name: string
  readonly from: ModelFolder<WorkbenchFile>
  readonly graphs: readonly LabelledGraph[]
  readonly seed: number
  readonly steps: number
  readonly shuffleLabels: boolean
  /** Of where the architectures are from, for people. */
  readonly corpus: string
  readonly command: string
  /** Asked once it is trained. */
  readonly folder: () => string
}

/** @throws AppError `invalid-input` for too few architectures, as `writeWorkbenchCheckpoint`, `cancelled`; nothing is written then */
export async function fineTunedCheckpoint(
  job: FineTuneJob,
  tell: (progress: TuningProgress) => void,
  signal: AbortSignal,
  tuner: Tuner,
): Promise<{ readonly folder: string; readonly fineTuned: FineTunedFrom }> {
  const { from, graphs, seed, steps, shuffleLabels, name, corpus, command } = job
  const { seconds, trainedOn, heldOut, groups, before, after, weights } = await tuner(
    { file: from.file, weights: from.weights, graphs, settings: { seed, steps, shuffleLabels } },
    tell,
    signal,
  )
  const fineTuned: FineTunedFrom = {
    from: { name: from.file.name, sha256: from.file.weights.sha256 },
    ...{ corpus, corpusSha256: sha256Of(graphs), seed, steps, shuffleLabels, command },
    ...{ seconds, trainedOn, heldOut, groups, before, after },
  }
  const { format, preset, gpt, members, training } = from.file
  const file = {
    ...{ format, preset, name, gpt, members, training, fineTuned },
    metrics: {
      parameters: from.weights.length / members,
      trainedOn,
      heldOut,
      ...(before.tau !== null && after.tau !== null && { tauBefore: before.tau, tauAfter: after.tau }),
      perplexityBefore: before.perplexity,
      perplexityAfter: after.perplexity,
    },
  }
  // Cancelled while it was finished.
  refuseCancelled(signal)
  const folder = await writeWorkbenchCheckpoint(job.folder(), file, weights, fineTunedCard(file))
  return { folder, fineTuned }
}

/** The same of the trials of a workspace. @throws AppError also `not-found` and `conflict` for names */
export async function fineTuneOnTrials(
  services: TrialTools & { readonly proposers: OwnCheckpoints; readonly tuner: Tuner },
  request: FineTuneRequest,
  emit: (event: FineTuneEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { proposers, store, tuner } = services
  store.refuseReadOnly()
  const { name, runs: wanted, seed, steps, shuffleLabels } = request
  const base = request.base === '' ? proposers.inUse() : request.base
  await proposers.dropHalfWritten()
  proposers.newFolder(name)
  const from = readWorkbenchCheckpoint(proposers.folderOf(base))
  const { graphs, runs, notes } = await labelledTrials(services, wanted)
  for (const message of notes) emit({ type: 'note', message })
  if (runs.length === 0)
    throw new AppError(
      'invalid-input',
      'No run of this workspace has results that the GPT can read.',
      'It reads block chains, cells of NAS-Bench-101 and 201, and spaces whose words name operations. Let a search train some.',
    )
  const listed = runs.length > 20 ? `${runs.length} runs` : `run${runs.length === 1 ? '' : 's'} ${runs.join(', ')}`
  const { fineTuned, folder } = await fineTunedCheckpoint(
    {
      ...{ name, from, graphs, seed, steps, shuffleLabels },
      corpus: `${graphs.length} architectures that ${listed} of a workspace trained`,
      command: cardCommand({ name, base, seed, steps, wanted, shuffleLabels }),
      folder: () => proposers.newFolder(name),
    },
    ({ share, loss }) => emit({ type: 'progress', share, loss }),
    signal,
    tuner,
  )
  emit({ type: 'finished', name, folder, report: fineTuned })
}
