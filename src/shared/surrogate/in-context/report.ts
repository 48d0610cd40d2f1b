// How good a trained learner is on landscapes that it never saw, beside the Gaussian processes that it reads.
import { Tape } from '../../autodiff/tape'
import { gaussianLoss } from '../../autodiff/losses'
import { Value } from '../../autodiff/tape'
import { createRandom } from '../../random'
import { drawTask, type LabelledTask } from './landscapes/draw-task'
import type { Terrain } from './landscapes/terrain'
import { PROCESSES, processOpinions } from './fixed-processes'
import type { InContextLearner } from './learner'
import { normalised } from './task'
import { relativeError } from './training'

const CONTEXTS = [10, 25, 50, 100]
const TASKS_EACH = 48
const ASKED = 40

interface Opinion {
  readonly means: Float64Array
  readonly spreads: Float64Array
}

function learnerSays(learner: InContextLearner, tasks: readonly LabelledTask[]): Opinion {
  const said = learner.predict(
    new Tape(false),
    tasks.map(({ task }) => task),
  )
  return { means: said.means.data, spreads: said.spreads.data }
}

/** What one fixed process says. */
function processSays(index: number, tasks: readonly LabelledTask[]): Opinion {
  const all = tasks.map(({ task }) => ({ task, opinions: processOpinions(normalised(task)) }))
  const column = (pick: 'means' | 'deviations', change: (value: number) => number): Float64Array =>
    Float64Array.from(
      all.flatMap(({ task, opinions }) =>
        Array.from({ length: task.asked }, (_, i) => change(opinions[pick][(task.known + i) * PROCESSES + index] ?? 0)),
      ),
    )
  return { means: column('means', (value) => value), spreads: column('deviations', Math.log) }
}

function lossOf({ means, spreads }: Opinion, tasks: readonly LabelledTask[]): number {
  const answers = tasks.flatMap((each) => [...each.answers])
  const column = (data: Float64Array): Value => new Value(data.length, 1, data)
  return gaussianLoss(new Tape(false), column(means), column(spreads), answers).data[0] ?? NaN
}

/** Figures by size of the context; of the processes, those of the best one at each size. @param terrains as in training */
export function figuresOf(
  learner: InContextLearner,
  terrains: readonly Terrain[],
  seed: number,
): Readonly<Record<string, number>> {
  const figures: Record<string, number> = { parameters: learner.parameters.count, terrains: terrains.length }
  for (const known of CONTEXTS) {
    const random = createRandom(seed).fork(`held-out-${known}`)
    const tasks = Array.from({ length: TASKS_EACH }, () => drawTask(random.choice(terrains), known, ASKED, random))
    const said = learnerSays(learner, tasks)
    const others = Array.from({ length: PROCESSES }, (_, index) => processSays(index, tasks))
    figures[`loss${known}`] = lossOf(said, tasks)
    figures[`processLoss${known}`] = Math.min(...others.map((other) => lossOf(other, tasks)))
    figures[`error${known}`] = relativeError(said.means, tasks)
    figures[`processError${known}`] = Math.min(...others.map(({ means }) => relativeError(means, tasks)))
  }
  return figures
}

/** The sizes of context that figures are given for. */
export const REPORTED_CONTEXTS: readonly number[] = CONTEXTS
