// A landscape as a task: some of its members are known with noise, others are asked about, as at random or as in the middle of a
// search, where what is known and what is asked about is better than most.
import { rankQuantiles } from '../../rank-quantiles'
import type { Random } from '../../../random'
import { COORDINATES, type InContextTask } from '../task'
import { drawLandscape, standard } from './landscape'
import { normal } from '../../../normal'
import type { Terrain } from './terrain'

export interface LabelledTask {
  readonly task: InContextTask
  /** What should be said of the asked: the fitness without noise, in quantiles of the known. */
  readonly answers: Float64Array
}

/** Deviations of the noise beside a landscape's of 1: from tables of long trainings to single short trainings of like architectures. */
const NOISES = [0.02, 0.05, 0.1, 0.3, 0.6]
/** Members that a landscape is drawn over beyond those that are used, so that a search has something to choose from. */
const SPARE = 300
const LONGEST_ANSWER = 3.5

const gumbel = (random: Random): number => -Math.log(-Math.log(1 - random.next()) + 1e-12)

/** The best `count` of `from` by fitness times `greed` and chance. */
function chosen(
  from: readonly number[],
  fitness: Float64Array,
  greed: number,
  count: number,
  random: Random,
): number[] {
  const scored = from.map((row) => ({ row, score: greed * fitness[row]! + gumbel(random) }))
  scored.sort((a, b) => b.score - a.score)
  return scored.slice(0, count).map(({ row }) => row)
}

/** A quarter at random, the rest ever better with `greed`: what a search has evaluated. */
function knownRows(fitness: Float64Array, count: number, random: Random): number[] {
  const all = random.shuffle([...fitness.keys()])
  if (random.chance(0.5)) return all.slice(0, count)
  const first = Math.min(count, Math.max(5, count >> 2))
  const greed = 0.5 + 2.5 * random.next()
  return [...all.slice(0, first), ...chosen(all.slice(first), fitness, greed, count - first, random)]
}

/** @param known at least 6 @param asked at least 1 */
export function drawTask(terrain: Terrain, known: number, asked: number, random: Random): LabelledTask {
  const members = random
    .shuffle(Array.from({ length: terrain.size }, (_, i) => i))
    .slice(0, Math.max(known + asked + 2, Math.min(terrain.size, known + asked + SPARE)))
  const fitness = drawLandscape(terrain, members, random)
  // Near a ceiling differences are small beside the noise, which is what a search of good architectures meets.
  const bend = random.chance(0.3) ? 0.2 + 0.6 * random.next() : 0
  const bent = bend === 0 ? fitness : standard(fitness.map((value) => -Math.exp(-bend * value)))
  const noise = random.choice(NOISES)
  const measured = bent.map((value) => value + noise * normal(random))
  const context = knownRows(fitness, known, random)
  const isKnown = new Set(context)
  const rest = [...fitness.keys()].filter((row) => !isKnown.has(row))
  const greed = random.chance(0.5) ? 0 : 1.5 * random.next()
  const questions = chosen(rest, fitness, greed, asked, random)
  const targets = rankQuantiles(context.map((row) => measured[row]!))
  const scale = quantileScale(
    context.map((row) => measured[row]!),
    targets,
  )
  return {
    task: taskOf(
      terrain,
      context.map((row) => members[row]!),
      questions.map((row) => members[row]!),
      targets,
      random,
    ),
    answers: Float64Array.from(questions, (row) =>
      Math.max(-LONGEST_ANSWER, Math.min(LONGEST_ANSWER, scale(bent[row]!))),
    ),
  }
}

const FURTHEST = 1.5

/** From fitness to quantiles of the known: linear between them, beyond the ends as their outer quarter rises, so far and no further. */
function quantileScale(fitness: readonly number[], targets: Float64Array): (value: number) => number {
  const order = [...fitness.keys()].sort((a, b) => fitness[a]! - fitness[b]!)
  const x = order.map((index) => fitness[index]!)
  const y = order.map((index) => targets[index]!)
  const last = x.length - 1
  const quarter = Math.max(1, x.length >> 2)
  const slope = (from: number, to: number): number => (y[to]! - y[from]!) / (x[to]! - x[from]! + 1e-9)
  const below = slope(0, quarter)
  const above = slope(last - quarter, last)
  return (value) => {
    if (value <= x[0]!) return y[0]! - Math.min(FURTHEST, below * (x[0]! - value))
    if (value >= x[last]!) return y[last]! + Math.min(FURTHEST, above * (value - x[last]!))
    const upper = x.findIndex((each) => each >= value)
    const share = (value - x[upper - 1]!) / (x[upper]! - x[upper - 1]! + 1e-12)
    return y[upper - 1]! + share * (y[upper]! - y[upper - 1]!)
  }
}

function taskOf(
  { size, choices, figures, coordinates }: Terrain,
  context: readonly number[],
  questions: readonly number[],
  targets: Float64Array,
  random: Random,
): InContextTask {
  const rows = [...context, ...questions]
  const known = context.length
  // The direction of a coordinate means nothing.
  const signs = Array.from({ length: COORDINATES }, () => (random.chance(0.5) ? 1 : -1))
  const task = {
    known,
    asked: questions.length,
    choices: new Float64Array(rows.length * known),
    figures: new Float64Array(rows.length * known),
    coordinates: new Float64Array(rows.length * COORDINATES),
    targets,
  }
  rows.forEach((row, i) => {
    context.forEach((other, j) => {
      task.choices[i * known + j] = choices[row * size + other]!
      task.figures[i * known + j] = figures[row * size + other]!
    })
    signs.forEach((sign, k) => {
      task.coordinates[i * COORDINATES + k] = sign * coordinates[row * COORDINATES + k]!
    })
  })
  return task
}
