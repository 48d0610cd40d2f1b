// When a training has left the numbers for good, and how that is told.
import { AppError } from '@shared/errors'

/**
 * Cross-entropy in nats beyond which no training comes back: guessing among 1,000 classes costs 7, a spike that a training survives
 * some hundreds; a million needs class scores a million apart. Chosen by us.
 */
const ABSURD_LOSS = 1e6

export interface Place {
  readonly epoch: number
  /** Of the epoch; left out where the loss is that of its validation. */
  readonly step?: number
  /** Of the recipe: the highest of the schedule. */
  readonly learningRate: number
}

const isAbsurd = (loss: number): boolean => !Number.isFinite(loss) || loss > ABSURD_LOSS

/** @throws AppError `diverged` */
export function refuseDivergedStep(loss: number, place: Place): void {
  if (isAbsurd(loss)) throw diverged('loss', loss, place)
}

/**
 * A training that learns may have an absurd validation loss all the same while the statistics of its normalisation settle.
 * @param trainLoss mean of the epoch
 * @throws AppError `diverged`
 */
export function refuseDivergedValidation(loss: number, trainLoss: number, classes: number, place: Place): void {
  const learns = trainLoss < Math.log(classes)
  if (!Number.isFinite(loss) || (isAbsurd(loss) && !learns)) throw diverged('validation loss', loss, place)
}

function diverged(what: string, loss: number, { epoch, step, learningRate }: Place): AppError {
  const value = Number.isFinite(loss) ? loss.toExponential(1) : String(loss)
  const place = step === undefined ? `epoch ${epoch}` : `epoch ${epoch}, step ${step}`
  return new AppError(
    'diverged',
    `The training diverged: its ${what} became ${value} at ${place}.`,
    `Try a lower learning rate than ${learningRate}, or a longer warm-up.`,
  )
}
