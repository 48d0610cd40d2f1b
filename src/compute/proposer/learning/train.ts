// Trains a proposer from nothing: builds the corpus, runs the phases, measures, writes the checkpoint with its card.
// Reports as it goes, answers between steps, and goes on after a break from the last epoch.
import type { ProposerTraining, ProposerTrainingEvent, ProposerTrainingJob } from '@shared/contract/proposer'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import type { NamedArray } from '../../networks/weights'
import { modelCard } from './card'
import { writeCheckpoint, type Measurement, type ModelFile } from '../model/checkpoint'
import { measure } from './held-out-scores'
import { paperClassifier, paperGpt } from './objectives'
import { initialArrays } from '../model/parameters'
import { buildCorpus, type Corpus, type Phase } from './phases'
import { rowDraws } from './row-counts'
import { createTrainer, type Trainer } from './trainer'
import { readState, removeState, trainingIdentity, writeState, type TrainingState } from './training-state'

/** Events of steps leave at most this often. */
const STEP_EVENT_MS = 500
/** Share of a phase's steps over which the rate rises: GPT-1's 2,000 of about 100,000 updates, stretched for short trainings. */
const WARM_UP = 0.05

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Linear rise, then a cosine to zero (GPT-1, section 4.1). @param step from 0 */
export function rateAt(step: number, steps: number, peak: number): number {
  const warmUp = Math.max(1, Math.round(steps * WARM_UP))
  if (step < warmUp) return (peak * (step + 1)) / warmUp
  return (peak / 2) * (1 + Math.cos((Math.PI * (step - warmUp)) / Math.max(1, steps - warmUp)))
}

const stepsOf = (phase: Phase, batchSize: number): number => Math.max(1, Math.ceil(phase.training.size / batchSize))

/** One epoch's updates; yields events and returns the mean loss. */
async function* epochSteps(
  phase: Phase,
  trainer: Trainer,
  training: ProposerTraining,
  epoch: number,
  refuseCancelled: () => void,
): AsyncGenerator<ProposerTrainingEvent, number> {
  const { width, values, ...rest } = phase.training.rows()
  const draw = rowDraws({ width, values, ...rest })
  const random = createRandom(training.seed).fork(phase.name).fork(epoch)
  const perEpoch = stepsOf(phase, trainer.batchSize)
  let [sum, reported, since] = [0, performance.now(), 0]
  for (let i = 0; i < perEpoch; i++) {
    const rows = new Int32Array(trainer.batchSize * width)
    for (let j = 0; j < trainer.batchSize; j++) {
      const row = draw(random) * width
      rows.set(values.subarray(row, row + width), j * width)
    }
    const step = (epoch - 1) * perEpoch + i
    const loss = trainer.step(rows, rateAt(step, perEpoch * phase.epochs, phase.rate))
    if (!Number.isFinite(loss))
      throw new AppError(
        'diverged',
        `The loss of phase ${phase.name} is ${loss} at step ${step + 1}.`,
        'Lower the learning rate.',
      )
    sum += loss
    since++
    const now = performance.now()
    if (now - reported >= STEP_EVENT_MS) {
      const tokensPerSecond = (since * trainer.batchSize * (width - 1) * 1000) / (now - reported)
      yield { type: 'step', phase: phase.name, step: step + 1, steps: perEpoch * phase.epochs, loss, tokensPerSecond }
      reported = performance.now()
      since = 0
    }
    await nextTurn()
    refuseCancelled()
  }
  return sum / perEpoch
}

const prefixed = (prefix: string, arrays: readonly NamedArray[]): NamedArray[] =>
  arrays.map((array) => ({ ...array, name: `${prefix}${array.name}` }))

/** The figures a person looks at first. */
export function headline(measurements: readonly Measurement[]): Record<string, number> {
  const find = (phase: string, test: string): Measurement => {
    const found = measurements.find((one) => one.phase === phase && one.test === test)
    if (found === undefined) throw new RangeError(`nothing was measured on ${test} after ${phase}`)
    return found
  }
  const cells = find('cells', 'cells')
  const chains = find('chains', 'chains')
  return {
    perplexity: Math.exp(chains.model.loss),
    validationLoss: chains.model.loss,
    accuracy: chains.model.accuracy,
    bitsPerCell: (cells.model.loss * cells.predictions) / cells.networks / Math.LN2,
    cellPerplexity: Math.exp(cells.model.loss),
    classifierAccuracy: find('blocks', 'chains').model.accuracy,
    classifierAccuracyZoo: find('blocks', 'zoo').model.accuracy,
  }
}

function corpusNotes({ parts, cells, sentences, sentenceBits }: Corpus): string {
  const lines = Object.entries(parts).map(
    ([name, { train, heldOut, rows }]) => `${name}: ${train} networks (${heldOut} held out), ${rows} different windows`,
  )
  return `${lines.join('; ')}. ${cells} cells make ${sentences} sentences, ${sentenceBits.toFixed(2)} bits.`
}

/**
 * Writes `job.out`; the last event names it.
 * @throws AppError `cancelled` when `signal` fires (the last epoch stays in the folder), `diverged`, `storage-failed`
 */
export async function* trainProposer(
  job: ProposerTrainingJob,
  signal?: AbortSignal,
): AsyncGenerator<ProposerTrainingEvent> {
  const { training, out } = job
  const started = performance.now()
  const refuseCancelled = (): void => {
    if (signal?.aborted)
      throw new AppError('cancelled', 'The training was broken off.', 'The same command goes on from its last epoch.')
  }
  const identity = trainingIdentity(training)
  const { state: saved, notice } = await readState(out, identity)
  if (notice !== undefined) yield { type: 'note', message: notice }
  yield { type: 'note', message: 'Building the corpus.' }
  const corpus = await buildCorpus(training, async () => {
    await nextTurn()
    refuseCancelled()
  })
  yield { type: 'note', message: corpusNotes(corpus) }

  let state: TrainingState = saved ?? { phase: 0, epoch: 0, seconds: 0, measurements: [], arrays: [] }
  if (saved !== undefined)
    yield {
      type: 'note',
      message: `Going on after epoch ${saved.epoch} of phase ${corpus.phases[saved.phase]?.name ?? 'all'}.`,
    }
  const secondsBefore = state.seconds
  const seconds = (): number => secondsBefore + (performance.now() - started) / 1000
  for (const [index, phase] of corpus.phases.entries()) {
    if (index < state.phase) continue
    const finished = state.arrays.filter(({ name }) => !name.startsWith('now/'))
    const known = new Map(finished.map((array) => [array.name, array]))
    const initial = initialArrays(phase.parameters, training.seed).map((array) => known.get(array.name) ?? array)
    const trainer = createTrainer(phase.objective, initial, training.batchSize)
    try {
      if (index === state.phase && state.epoch > 0)
        trainer.writeState(
          state.arrays.flatMap(({ name, ...rest }) =>
            name.startsWith('now/') ? [{ name: name.slice('now/'.length), ...rest }] : [],
          ),
        )
      for (let epoch = (index === state.phase ? state.epoch : 0) + 1; epoch <= phase.epochs; epoch++) {
        const loss = yield* epochSteps(phase, trainer, training, epoch, refuseCancelled)
        const heldOut = trainer.score(phase.tests[0]!.rows.rows())
        yield { type: 'epoch', phase: phase.name, epoch, loss, heldOutLoss: heldOut.loss }
        state = {
          ...state,
          phase: index,
          epoch,
          seconds: seconds(),
          arrays: [...finished, ...prefixed('now/', trainer.state())],
        }
        await writeState(out, identity, state)
      }
      const measured = measure(phase.name, trainer, phase.training, phase.tests, phase.classes)
      const names = new Set(phase.parameters.map(({ name }) => name))
      state = {
        phase: index + 1,
        epoch: 0,
        seconds: seconds(),
        measurements: [...state.measurements, ...measured],
        arrays: [...finished.filter(({ name }) => !names.has(name)), ...trainer.weights()],
      }
      await writeState(out, identity, state)
    } finally {
      trainer.dispose()
    }
  }

  const metrics = headline(state.measurements)
  const model: Omit<ModelFile, 'format' | 'preset' | 'vocabulary' | 'blocks' | 'weights'> = {
    name: training.name,
    gpt: paperGpt,
    classifier: paperClassifier,
    training: { ...training, command: job.command, seconds: Math.round(state.seconds) },
    corpus: { ...corpus.parts },
    metrics,
    measurements: [...state.measurements],
  }
  const sha256 = await writeCheckpoint(out, model, modelCard(model, corpus), state.arrays)
  await removeState(out)
  yield { type: 'finished', folder: out, sha256, seconds: state.seconds, metrics }
}
