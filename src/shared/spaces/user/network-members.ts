// The members of a trainable space without a table: choices whose shapes fit one another and whose network is within the
// limits of cost. Counts, samples and prefixes come from one table over (position, shape), so nothing is drawn in vain.
import { AppError } from '../../errors'
import { aboveLimit } from '../../figures'
import type { MapShape } from '../../architecture/layer'
import type { Random } from '../../random'
import type { Choices, Members } from './members'
import { isStep, type Cost } from '../skeleton'
import type { UserNetworks } from './network'
import type { UserSpaceFile } from './space-file'

/**
 * Cheapest completions kept where both costs are limited: none is better than another in both. Each is a real completion, so
 * what is cut off can only make a prefix look impossible, never possible.
 */
const MAX_COMPLETIONS = 64
/** Spaces up to this size are counted one by one when costs are limited: a fraction of a second. */
const MAX_COUNTED = 20_000

interface Rest {
  /** Architectures from here on whose shapes fit. */
  readonly count: number
  /** Costs of completions, head included, of which none is dominated. */
  readonly cheapest: readonly Cost[]
}

/** The costs that no other undercuts, by rising first cost; unlimited ones are not told apart. */
function pareto(costs: readonly Cost[], limits: Cost): Cost[] {
  const relevant = costs.map(({ macs, weights }) => ({
    macs: limits.macs === Infinity ? 0 : macs,
    weights: limits.weights === Infinity ? 0 : weights,
  }))
  relevant.sort((a, b) => a.macs - b.macs || a.weights - b.weights)
  const front: Cost[] = []
  for (const cost of relevant)
    if (front.length === 0 || cost.weights < front[front.length - 1]!.weights) front.push(cost)
  if (front.length <= MAX_COMPLETIONS) return front
  const last = front.length - 1
  return Array.from({ length: MAX_COMPLETIONS }, (_, i) => front[Math.round((i * last) / (MAX_COMPLETIONS - 1))]!)
}

export function createNetworkMembers(file: UserSpaceFile, networks: UserNetworks): Members {
  const { positions, constraints } = file
  const limits: Cost = {
    macs: constraints['macs']?.max ?? Infinity,
    weights: constraints['parameters']?.max ?? Infinity,
  }
  const isLimited = limits.macs !== Infinity || limits.weights !== Infinity
  const rests = new Map<string, Rest>()
  const restOf = (position: number, shape: MapShape): Rest => {
    if (position === positions.length) return { count: 1, cheapest: pareto([networks.headCost(shape[2])], limits) }
    const key = `${position}.${shape[0]}x${shape[1]}x${shape[2]}`
    let rest = rests.get(key)
    if (rest === undefined) {
      let count = 0
      const costs: Cost[] = []
      for (let choice = 0; choice < positions[position]!.choices.length; choice++) {
        const step = networks.step(position, choice, shape)
        if (!isStep(step)) continue
        const next = restOf(position + 1, step.output)
        count += next.count
        for (const { macs, weights } of next.cheapest)
          costs.push({ macs: macs + step.macs, weights: weights + step.weights })
      }
      rests.set(key, (rest = { count, cheapest: pareto(costs, limits) }))
    }
    return rest
  }

  interface Place extends Cost {
    readonly shape: MapShape
  }
  const start: Place = { shape: networks.stem, ...networks.stemCost }
  const after = (place: Place, position: number, choice: number): Place | undefined => {
    const step = networks.step(position, choice, place.shape)
    return isStep(step)
      ? { shape: step.output, macs: place.macs + step.macs, weights: place.weights + step.weights }
      : undefined
  }
  const isOpen = (place: Place, position: number): boolean =>
    restOf(position, place.shape).cheapest.some(
      ({ macs, weights }) => place.macs + macs <= limits.macs && place.weights + weights <= limits.weights,
    )
  /** Choices with which a member can go on, and where they lead. */
  const options = (place: Place, position: number): { choice: number; next: Place; count: number }[] =>
    positions[position]!.choices.flatMap((_, choice) => {
      const next = after(place, position, choice)
      if (next === undefined || !isOpen(next, position + 1)) return []
      return [{ choice, next, count: restOf(position + 1, next.shape).count }]
    })
  function* from(place: Place, position: number, prefix: Choices): Generator<Choices> {
    if (position === positions.length) yield prefix
    else for (const { choice, next } of options(place, position)) yield* from(next, position + 1, [...prefix, choice])
  }
  const all = (): Generator<Choices> => from(start, 0, [])
  let counted: number | undefined

  return {
    size: () => {
      const fitting = restOf(0, networks.stem).count
      if (!isLimited) return { count: fitting, exact: Number.isSafeInteger(fitting) }
      if (fitting > MAX_COUNTED) return { count: fitting, exact: false }
      if (counted === undefined) {
        counted = 0
        for (const _ of all()) counted++
      }
      return { count: counted, exact: true }
    },
    problems: (choices) => {
      let place = start
      for (const [position, choice] of choices.entries()) {
        const step = networks.step(position, choice, place.shape)
        if (!isStep(step)) return [`position ${positions[position]!.name}: ${step.reason}`]
        place = after(place, position, choice)!
      }
      const head = networks.headCost(place.shape[2])
      const [macs, weights] = [place.macs + head.macs, place.weights + head.weights]
      return [
        ...(macs > limits.macs ? [aboveLimit('multiply-accumulates', macs, limits.macs)] : []),
        ...(weights > limits.weights ? [aboveLimit('parameters', weights, limits.weights)] : []),
      ]
    },
    canFinish: (prefix) => {
      let place: Place | undefined = start
      for (let i = 0; i < prefix.length && place !== undefined; i++) place = after(place, i, prefix[i]!)
      return place !== undefined && isOpen(place, prefix.length)
    },
    random: (random: Random) => {
      const choices: number[] = []
      let place = start
      for (let position = 0; position < positions.length; position++) {
        const open = options(place, position)
        if (open.length === 0)
          throw new AppError(
            'invalid-input',
            `No architecture of space ${file.name} has fitting shapes within its constraints.`,
            'Widen the constraints, or offer choices that fit the widths and strides of the positions.',
          )
        // By the number of architectures behind each choice: uniform over the space where costs are not limited.
        let left = random.next() * open.reduce((sum, { count }) => sum + count, 0)
        const taken = open.find(({ count }) => (left -= count) < 0) ?? open[open.length - 1]!
        choices.push(taken.choice)
        place = taken.next
      }
      return choices
    },
    all,
    // Shapes and costs leave single changes nearly everywhere; where they do not, there is no cheap way to the next member.
    nearest: () => [],
  }
}
