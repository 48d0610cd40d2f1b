// Trains a proposer from nothing: builds the corpus, runs the phases, measures, writes the checkpoint with its card.
// Reports as it goes, answers between steps, and goes on after a break from the last epoch.
import type { ProposerTrainingEvent, ProposerTrainingJob } from '@shared/contract/proposer'
import { AppError } from '@shared/errors'
import { safeFolder } from '@node/safe-target'
import { nextTurn } from '@node/waiting'
import { writeUserFolder } from '@node/whole-folder'
import type { NamedArray } from '../../networks/weights'
import { writeCheckpoint } from '../model/checkpoint'
import { paperClassifier } from '../model/classifier'
import { paperGpt } from '../model/gpt'
import type { ModelDescription } from '../model/model-file'
import { initialArrays } from '../model/parameters'
import { modelCard } from './card'
import type { Pause } from './corpus'
import { trainEpoch } from './epoch'
import { headline, scoreHeldOut } from './held-out-scores'
import { ownCheckpoint } from './own-checkpoint'
import { buildCorpus, type Corpus, type Phase } from './phases'
import { bestEpoch, hasRisen, keptEpoch } from './stopping'
import { createTrainer } from './trainer'
import { readState, trainingIdentity, writeState, type TrainingState } from './training-state'

/** The running phase's weights and moments are stored under the first prefix and its best weights under the second, beside what finished phases left. */
const [RUNNING, BEST] = ['now/', 'best/']
const under = (prefix: string, arrays: readonly NamedArray[]): NamedArray[] =>
  arrays.map((array) => ({ ...array, name: `${prefix}${array.name}` }))
const storedUnder = (prefix: string, { arrays }: TrainingState): NamedArray[] =>
  arrays.flatMap(({ name, ...rest }) => (name.startsWith(prefix) ? [{ name: name.slice(prefix.length), ...rest }] : []))
const finishedArrays = ({ arrays }: TrainingState): NamedArray[] =>
  arrays.filter(({ name }) => ![RUNNING, BEST].some((prefix) => name.startsWith(prefix)))

function corpusNotes({ parts, cells, sentences, sentenceBits }: Corpus): string {
  const lines = Object.entries(parts).map(
    ([name, { train, stop, heldOut, rows }]) =>
      `${name}: ${train} networks (${stop} say when to stop, ${heldOut} held out), ${rows} different windows`,
  )
  return `${lines.join('; ')}. ${cells} cells make ${sentences} sentences, ${sentenceBits.toFixed(2)} bits.`
}

interface PhaseOptions {
  readonly job: ProposerTrainingJob
  readonly phase: Phase
  /** Of the phase among the phases. */
  readonly index: number
  /** Where the training stands: in an earlier phase's end, or somewhere in this one. */
  readonly from: TrainingState
  /** Of the whole training so far. */
  seconds(): number
  save(state: TrainingState): Promise<void>
  readonly pause: Pause
}

/** @returns the state behind the phase, with what it measured; saved, as after every epoch. */
async function* trainPhase(options: PhaseOptions): AsyncGenerator<ProposerTrainingEvent, TrainingState> {
  const { job, phase, index, from, seconds, save, pause } = options
  const { seed, batchSize } = job.training
  const finished = finishedArrays(from)
  const former = new Map(finished.map((array) => [array.name, array]))
  const counted = new Map(phase.counted?.map((array) => [array.name, array]))
  const initial = initialArrays(phase.parameters, seed).map(
    (array) => former.get(array.name) ?? counted.get(array.name) ?? array,
  )
  const done = index === from.phase ? from.epoch : 0
  const losses = done > 0 ? [...from.losses] : []
  let best = storedUnder(BEST, from)
  const trainer = createTrainer(phase.objective, initial, batchSize, phase.weightDecay)
  try {
    if (done > 0) trainer.writeState(storedUnder(RUNNING, from))
    for (let epoch = done + 1; epoch <= phase.epochs && !hasRisen(losses); epoch++) {
      const loss = yield* trainEpoch({ phase, trainer, seed, epoch, pause })
      // A corpus of a few networks may have none to spare.
      const stopLoss = phase.stop.size === 0 ? loss : trainer.score(phase.stop.rows()).loss
      yield { type: 'epoch', phase: phase.name, epoch, loss, heldOutLoss: stopLoss }
      losses.push(stopLoss)
      if (bestEpoch(losses) === epoch) best = trainer.weights()
      const arrays = [...finished, ...under(RUNNING, trainer.state()), ...under(BEST, best)]
      await save({ phase: index, epoch, losses, seconds: seconds(), measurements: from.measurements, arrays })
    }
    const kept = keptEpoch(losses)
    if (kept < losses.length) trainer.writeState(best)
    const { known, tests, classes, bigrams } = phase
    const measured = scoreHeldOut({ phase: phase.name, trainer, training: known, tests, classes, bigrams }).map(
      (measurement) => ({ ...measurement, epoch: kept }),
    )
    const names = new Set(phase.parameters.map(({ name }) => name))
    const state: TrainingState = {
      phase: index + 1,
      epoch: 0,
      losses: [],
      seconds: seconds(),
      measurements: [...from.measurements, ...measured],
      arrays: [...finished.filter(({ name }) => !names.has(name)), ...trainer.weights()],
    }
    await save(state)
    return state
  } finally {
    trainer.dispose()
  }
}

/**
 * Writes `job.out`; the last event names it.
 * @throws AppError `conflict` at once, and before the checkpoint is written, where the folder holds what no training wrote;
 *   `cancelled` when `signal` fires (the last epoch stays in the folder), `diverged`, `storage-failed`
 */
export async function* trainProposer(
  job: ProposerTrainingJob,
  signal?: AbortSignal,
): AsyncGenerator<ProposerTrainingEvent> {
  const { training } = job
  const out = await safeFolder(job.out, ownCheckpoint)
  const started = performance.now()
  const pause = async (): Promise<void> => {
    await nextTurn()
    if (signal?.aborted)
      throw new AppError('cancelled', 'The training was broken off.', 'The same command goes on from its last epoch.')
  }
  const identity = trainingIdentity(training)
  const { state: saved, notice } = await readState(out, identity)
  if (notice !== undefined) yield { type: 'note', message: notice }
  yield { type: 'note', message: 'Building the corpus.' }
  const corpus = await buildCorpus(training, pause)
  yield { type: 'note', message: corpusNotes(corpus) }

  let state: TrainingState = saved ?? { phase: 0, epoch: 0, losses: [], seconds: 0, measurements: [], arrays: [] }
  if (saved !== undefined)
    yield {
      type: 'note',
      message: `Going on after epoch ${saved.epoch} of phase ${corpus.phases[saved.phase]?.name ?? 'all'}.`,
    }
  const secondsBefore = state.seconds
  const seconds = (): number => secondsBefore + (performance.now() - started) / 1000
  const save = (reached: TrainingState): Promise<void> => writeState(out, identity, reached)
  for (const [index, phase] of corpus.phases.entries())
    if (index >= state.phase) state = yield* trainPhase({ job, phase, index, from: state, seconds, save, pause })

  const metrics = headline(state.measurements)
  const model: ModelDescription = {
    name: training.name,
    gpt: paperGpt,
    classifier: paperClassifier,
    training: { ...training, command: job.command, seconds: Math.round(state.seconds) },
    corpus: { ...corpus.parts },
    metrics,
    measurements: [...state.measurements],
  }
  // The state goes with the folder that the checkpoint takes the place of.
  const { result: sha256 } = await writeUserFolder(out, ownCheckpoint, (folder) =>
    writeCheckpoint(folder, model, modelCard(model, corpus), state.arrays),
  )
  yield { type: 'finished', folder: out, sha256, seconds: state.seconds, metrics }
}
