// Which proposals of a generation are trained: where the definition asks for a filter, its strategy is asked for more than the
// population, and a zero-cost figure lets the best through. What costs nothing is never filtered: an elite, what the run has evaluated;
// nor what a person has designed. The figure stays among the trial's measurements (decision 160).
import { AppError, errorData } from '@shared/errors'
import { filterOf } from '@shared/search/fidelity'
import type { RunDefinition } from '@shared/search/run'
import type { Proposal } from '@shared/strategies/strategy'
import { hasLostCompute } from '../executors/memory-kills'
import type { NewTrial } from '../storage/trials'
import { journal, type RunContext } from './run-context'
import { MAX_ATTEMPTS } from './trial-runner'

/** The definition as its strategy sees it: with as many proposals of a generation as are looked at. */
export function asProposed(definition: RunDefinition): RunDefinition {
  const filter = filterOf(definition)
  return filter === null ? definition : { ...definition, populationSize: definition.populationSize * filter.times }
}

/** A proposal that is evaluated, with what was measured of it before. */
export interface LetThrough {
  readonly proposal: Proposal
  readonly costs: Readonly<Record<string, number>>
}

/**
 * Elites and seeds always come through. Then the best new architectures, then what the run has evaluated already, which costs nothing,
 * where there are too few new ones.
 * @param proposals of one generation @param known evaluation keys that the run has
 * @returns those to be stored, in their order; all of them without a filter
 * @throws AppError `cancelled`, and what makes every further figure pointless
 */
export async function filtered(
  context: RunContext,
  definition: RunDefinition,
  proposals: readonly Proposal[],
  known: ReadonlySet<string>,
): Promise<readonly LetThrough[]> {
  const filter = filterOf(definition)
  const { populationSize } = definition
  if (filter === null || proposals.length <= populationSize)
    return proposals.map((proposal) => ({ proposal, costs: {} }))
  const described = new Map(proposals.map((proposal) => [proposal, context.prepared.describe(proposal, 1)]))
  const keyOf = (proposal: Proposal): string => described.get(proposal)?.evaluationKey ?? ''
  const isFree = ({ origin }: Proposal): boolean => origin.operator === 'elite' || origin.operator === 'seed'
  const free = proposals.filter(isFree)
  const seen = new Set([...known, ...free.map(keyOf)])
  const isNew = (proposal: Proposal): boolean => {
    const before = seen.size
    return !isFree(proposal) && seen.add(keyOf(proposal)).size > before
  }
  const looked = proposals.filter(isNew)
  const begun = performance.now()
  const figures = await figuresOf(context, filter, looked, described)
  const rank = (proposal: Proposal): number => figures.get(proposal) ?? -Infinity
  const best = [...looked].sort((a, b) => rank(b) - rank(a))
  const repeats = proposals.filter((proposal) => !free.includes(proposal) && !looked.includes(proposal))
  const places = Math.max(0, populationSize - free.length)
  const through = new Set([...free, ...[...best, ...repeats].slice(0, places)])
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  const message = `The filter ${filter.proxy} looked at ${looked.length} new architectures and let ${Math.min(best.length, places)} through (${seconds} s).`
  await journal(context, { message }, () => Promise.resolve())
  return proposals
    .filter((proposal) => through.has(proposal))
    .map((proposal) => {
      const figure = figures.get(proposal)
      return { proposal, costs: figure == null ? {} : { [filter.proxy]: figure } }
    })
}

/** Null for a network that has none, or could not be measured: it comes last. */
async function figuresOf(
  context: RunContext,
  filter: NonNullable<ReturnType<typeof filterOf>>,
  proposals: readonly Proposal[],
  described: ReadonlyMap<Proposal, NewTrial>,
): Promise<ReadonlyMap<Proposal, number | null>> {
  const { prepared, control } = context
  const figures = new Map<Proposal, number | null>()
  const queue = [...proposals]
  const work = async (): Promise<void> => {
    for (let proposal = queue.shift(); proposal !== undefined; proposal = queue.shift())
      figures.set(proposal, await figureOf(context, filter, described.get(proposal)?.document))
  }
  await Promise.all(Array.from({ length: Math.max(1, prepared.parallel) }, work))
  if (control.signal.aborted) throw new AppError('cancelled', 'The run was let go.')
  return figures
}

async function figureOf(
  context: RunContext,
  { proxy, images }: NonNullable<ReturnType<typeof filterOf>>,
  document: unknown,
): Promise<number | null> {
  const { prepared, control } = context
  const { proxies } = prepared.evaluator
  if (proxies === undefined) throw new Error('a filter was asked of an evaluator without images')
  for (let attempt = 1; ; attempt++) {
    try {
      return (await proxies(document, { names: [proxy], images }, control.signal))[proxy] ?? null
    } catch (thrown) {
      const { code, message } = errorData(thrown)
      if (code === 'invalid-architecture') return null
      if (!hasLostCompute(thrown)) throw thrown
      const isLast = attempt >= MAX_ATTEMPTS
      const next = isLast
        ? 'It counts as the least.'
        : `It is measured again (attempt ${attempt + 1} of ${MAX_ATTEMPTS}).`
      await journal(
        context,
        { level: 'warning', message: `A proposal could not be measured: ${message} ${next}` },
        () => Promise.resolve(),
      )
      if (isLast) return null
    }
  }
}
