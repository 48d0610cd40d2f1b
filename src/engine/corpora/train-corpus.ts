// Trains the chains of shared/proposer/corpus/corpus-plan.ts as searches of the workspace, one after the other, and writes them as one CSV
// file once all are there. What is trained stays in the workspace, so the same settings go on where they were (decision 181).
import type { CorpusEvent, CorpusRequest } from '@shared/contract/proposer'
import type { CorpusRun } from '@shared/proposer/corpus/corpus-plan'
import type { TrainedChain } from '@shared/proposer/corpus/trained-chains'
import { runProgress } from '@shared/search/progress'
import type { Run, RunDefinition } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import type { Trial } from '@shared/search/trial'
import { parseChainGenotype } from '@shared/spaces/block-chain/genotype'
import { AppError } from '@shared/errors'
import { childController, refuseCancelled } from '@node/cancel'
import { refuseStrangeCorpus } from '@node/corpus-file'
import { safeFile } from '@node/safe-target'
import { writeFileWhole } from '@node/whole-file'
import { runOfSettings, runToItsEnd, type RunTools } from '../runs/run-to-end'
import { withEpochs } from '../storage/epochs'
import type { Store } from '../storage/store'
import { listTrials } from '../storage/trials'

export interface CorpusTools extends RunTools {
  readonly store: Store
  /** Stores a definition as a run. @returns its id */
  readonly createRun: (definition: RunDefinition) => Promise<string>
  /** Puts the architecture of a trial into a run. */
  readonly inject: (runId: string, trialId: number) => Promise<unknown>
  /** What would end a search of this definition before it has begun. */
  readonly problemsOf: (definition: RunDefinition) => Promise<readonly string[]>
}

const trialsOf = async ({ store }: CorpusTools, runId: string): Promise<Trial[]> =>
  withEpochs(store.db, await listTrials(store.db, runId))

const isFinished = ({ state, isRepeat }: Trial): boolean => state === 'finished' && !isRepeat

/** The run of that part, with its chains in, whether it was begun before or not. @returns its id */
async function begun(tools: CorpusTools, { definition, taken }: CorpusRun, drawn: string | undefined): Promise<string> {
  const known = await runOfSettings(tools, definition)
  const id = known?.id ?? (await tools.createRun(definition))
  if (taken === null || (known !== undefined && RUN_STATE_RULES[known.state].isOver)) return id
  if (drawn === undefined) throw new Error('chains are drawn before any of them is repeated')
  const chains = (await trialsOf(tools, drawn)).filter(isFinished).slice(0, taken)
  const present = await trialsOf(tools, id)
  for (const chain of chains.slice(present.length)) await tools.inject(id, chain.id)
  return id
}

function rowsOf({ part, definition }: CorpusRun, trials: readonly Trial[]): TrainedChain[] {
  return trials.filter(isFinished).flatMap((trial) =>
    trial.fitness === null || trial.parameters === null || trial.macs === null
      ? []
      : [
          {
            dataset: definition.data.dataset,
            part,
            seed: definition.seed,
            genotype: parseChainGenotype(trial.genotype),
            parameters: trial.parameters,
            macs: trial.macs,
            accuracy: trial.fitness,
            curve: trial.epochs.map(({ validationAccuracy }) => validationAccuracy),
          },
        ],
  )
}

/**
 * Emits a `part` whenever one has got further, and `finished` at the end; `paused` in its place where the time was up.
 * @throws AppError `cancelled` when the signal fires, `conflict` for a file in the way, `invalid-input` for data sets that cannot be
 *   trained on; what ends a run
 */
export async function trainCorpus(
  tools: CorpusTools,
  { settings, out, minutes }: CorpusRequest,
  emit: (event: CorpusEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  tools.store.refuseReadOnly()
  await refuseStrangeCorpus(out)
  // Plans and tables: loaded by whoever trains a corpus, not at every start.
  const [{ corpusPlan }, { corpusText }] = await Promise.all([
    import('@shared/proposer/corpus/corpus-plan'),
    import('@shared/proposer/corpus/trained-chains'),
  ])
  const plan = corpusPlan(settings)
  // Each data set's, before anything is trained on the first.
  for (const { definition, taken } of plan) {
    if (taken !== null) continue
    const [problem] = await tools.problemsOf(definition)
    if (problem !== undefined) throw new AppError('invalid-input', problem)
  }
  const { controller: time, release } = childController(signal)
  let isTimeUp = false
  const timer =
    minutes === null
      ? undefined
      : setTimeout(() => {
          isTimeUp = true
          time.abort()
        }, minutes * 60_000)
  const rows: TrainedChain[] = []
  let current: Extract<CorpusEvent, { type: 'part' }> | undefined
  let drawn: string | undefined
  try {
    for (const [done, part] of plan.entries()) {
      refuseCancelled(time.signal)
      const id = await begun(tools, part, drawn)
      const { name: label, populationSize: chains } = part.definition
      const tell = (run: Run): void => {
        current = {
          ...{ type: 'part', done, total: plan.length, label, chains },
          ...{ runNumber: run.number, share: runProgress(run) },
        }
        emit(current)
      }
      const run = await runToItsEnd(tools, id, tell, time.signal)
      if (run.state !== 'finished')
        throw new AppError(
          run.error?.code ?? 'conflict',
          `Run ${run.number} of the corpus is ${run.state}. ${run.error?.message ?? ''}`.trim(),
          run.error?.fix ?? 'Start the same corpus again: this part is then searched anew.',
        )
      drawn ??= id
      rows.push(...rowsOf(part, await trialsOf(tools, id)))
    }
  } catch (thrown) {
    if (!isTimeUp || signal.aborted || current === undefined) throw thrown
    emit({ type: 'paused', runNumber: current.runNumber })
    return
  } finally {
    clearTimeout(timer)
    release()
  }
  const text = corpusText(rows)
  const file = await safeFile(out, text)
  await writeFileWhole(file, text)
  emit({ type: 'finished', file, trainings: rows.length })
}
