// One epoch of a phase: as many draws as the corpus has different rows, the learning rate along the whole phase, events on the way.
import type { ProposerTrainingEvent } from '@shared/contract/proposer'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import type { Phase } from './phases'
import { rowDraws } from './row-counts'
import type { Trainer } from './trainer'

/** Events of steps leave at most this often. */
const STEP_EVENT_MS = 500
/** Share of a phase's steps over which the rate rises: GPT-1's 2,000 of about 100,000 updates, stretched for short trainings. */
const WARM_UP = 0.05

/** Linear rise, then a cosine to zero (GPT-1, section 4.1). @param step from 0 */
export function rateAt(step: number, steps: number, peak: number): number {
  const warmUp = Math.max(1, Math.round(steps * WARM_UP))
  if (step < warmUp) return (peak * (step + 1)) / warmUp
  return (peak / 2) * (1 + Math.cos((Math.PI * (step - warmUp)) / Math.max(1, steps - warmUp)))
}

const stepsOf = (phase: Phase, batchSize: number): number => Math.max(1, Math.ceil(phase.training.size / batchSize))

export interface EpochOptions {
  readonly phase: Phase
  readonly trainer: Trainer
  readonly seed: number
  /** From 1. */
  readonly epoch: number
  /** Lets the process answer between two steps, and throws when the training is broken off. */
  pause(): Promise<void>
}

/** @returns the mean loss. @throws AppError `diverged` */
export async function* trainEpoch(options: EpochOptions): AsyncGenerator<ProposerTrainingEvent, number> {
  const { phase, trainer, seed, epoch, pause } = options
  const rows = phase.training.rows()
  const { width } = rows
  const draw = rowDraws(rows)
  const random = createRandom(seed).fork(phase.name).fork(epoch)
  const perEpoch = stepsOf(phase, trainer.batchSize)
  const steps = perEpoch * phase.epochs
  let [sum, reported, since] = [0, performance.now(), 0]
  for (let i = 0; i < perEpoch; i++) {
    const batch = new Int32Array(trainer.batchSize * width)
    for (let j = 0; j < trainer.batchSize; j++) {
      const row = draw(random) * width
      batch.set(rows.values.subarray(row, row + width), j * width)
    }
    const step = (epoch - 1) * perEpoch + i
    const loss = trainer.step(batch, rateAt(step, steps, phase.rate))
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
      yield { type: 'step', phase: phase.name, step: step + 1, steps, loss, tokensPerSecond }
      reported = performance.now()
      since = 0
    }
    await pause()
  }
  return sum / perEpoch
}
