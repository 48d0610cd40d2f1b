// Trains the in-context learner on invented landscapes alone. The same seed gives the same weights on every machine.
import { AdamW, cosineRate } from '../../autodiff/adam-w'
import { gaussianLoss } from '../../autodiff/losses'
import { Tape } from '../../autodiff/tape'
import { createRandom, type Random } from '../../random'
import { drawTask, type LabelledTask } from './landscapes/draw-task'
import { inventedSpaces } from './landscapes/spaces'
import { terrainOf, type Terrain } from './landscapes/terrain'
import { InContextLearner } from './learner'

export interface LearnerTraining {
  readonly seed: number
  readonly steps: number
}

/** The prototype's batch and rates. */
const TASKS = 8
const ASKED = 40
const LEAST_KNOWN = 6
const MOST_KNOWN = 110
const PEAK_RATE = 3e-3
const WARM_UP = 50
const DECAY = 0.01
export const STEPS = 600
const TOLD_EVERY = 50
const MEMBERS = 480

export interface LearnerProgress {
  readonly step: number
  readonly steps: number
  /** Means since last told: negative log density without its constant, and squared error over the answers' own variance. */
  readonly loss: number
  readonly relativeError: number
}

/** @returns terrains of all invented spaces, some seconds of work */
export function inventedTerrains(seed: number): Terrain[] {
  const random = createRandom(seed).fork('terrains')
  return inventedSpaces(random.fork('spaces')).map((draw, i) =>
    terrainOf(draw(MEMBERS, random.fork(`members-${i}`)), random.fork(`mixing-${i}`)),
  )
}

/** Tasks of one size over random terrains; sizes are spread evenly over their logarithm. */
export function drawTasks(terrains: readonly Terrain[], count: number, random: Random): LabelledTask[] {
  const known = Math.floor(LEAST_KNOWN * (MOST_KNOWN / LEAST_KNOWN) ** random.next())
  return Array.from({ length: count }, () => drawTask(random.choice(terrains), known, ASKED, random))
}

const joined = (tasks: readonly LabelledTask[]): Float64Array =>
  Float64Array.from(tasks.flatMap(({ answers }) => [...answers]))

/** Squared error over the variance of the answers, both summed over the tasks. */
export function relativeError(means: Float64Array, tasks: readonly LabelledTask[]): number {
  let at = 0
  let squares = 0
  let spread = 0
  for (const { answers } of tasks) {
    const mean = answers.reduce((sum, value) => sum + value, 0) / answers.length
    for (const answer of answers) {
      squares += (answer - means[at++]!) ** 2
      spread += (answer - mean) ** 2
    }
  }
  return squares / spread
}

export function trainLearner(
  terrains: readonly Terrain[],
  { seed, steps }: LearnerTraining,
  tell: (progress: LearnerProgress) => void = () => undefined,
): { readonly learner: InContextLearner; readonly curve: readonly LearnerProgress[] } {
  const random = createRandom(seed).fork('in-context')
  const learner = InContextLearner.draw(random.fork('weights'))
  const optimiser = new AdamW(learner.parameters, DECAY)
  const draws = random.fork('tasks')
  const curve: LearnerProgress[] = []
  let sums = { loss: 0, relativeError: 0, steps: 0 }
  for (let step = 0; step < steps; step++) {
    const tasks = drawTasks(terrains, TASKS, draws)
    const tape = new Tape()
    const { means, spreads } = learner.predict(
      tape,
      tasks.map(({ task }) => task),
    )
    const loss = gaussianLoss(tape, means, spreads, joined(tasks))
    tape.backward(loss)
    optimiser.step(cosineRate(PEAK_RATE, step, steps, WARM_UP))
    sums = {
      loss: sums.loss + loss.data[0]!,
      relativeError: sums.relativeError + relativeError(means.data, tasks),
      steps: sums.steps + 1,
    }
    if ((step + 1) % TOLD_EVERY !== 0 && step + 1 !== steps) continue
    const progress = {
      step: step + 1,
      steps,
      loss: sums.loss / sums.steps,
      relativeError: sums.relativeError / sums.steps,
    }
    curve.push(progress)
    tell(progress)
    sums = { loss: 0, relativeError: 0, steps: 0 }
  }
  return { learner, curve }
}
