// Replays a run from what is stored and says whether it comes out again: each generation is proposed anew from the stored results of
// those before and compared trial by trial; where the evaluator can repeat an evaluation for nothing, it does. Nothing is written.
import { isDeepStrictEqual } from 'node:util'
import { refuseCancelled } from '@node/cancel'
import { errorData } from '@shared/errors'
import { isKnownCost } from '@shared/objectives/costs'
import { plannedEvaluations } from '@shared/search/planning'
import { definitionAt, type DefinitionChange } from '@shared/search/changes'
import { isConfirmation, searchingPart } from '@shared/search/confirmations'
import { halvingOf, wrongPromotion } from '@shared/search/rungs'
import { isInjected, isProposed } from '@shared/search/trial'
import type { Difference, Verification } from '@shared/search/verification'
import type { Genotype, Space } from '@shared/spaces/space'
import type { Proposal } from '@shared/strategies/strategy'
import type { RepeatEvaluation } from '../evaluators/kind'
import type { RunRecord } from '../storage/runs'
import type { TrialRecord } from '../storage/trials'
import { asProposed } from './filter'
import { proposalsOf, type Proposing } from './proposals'

export interface Replay {
  readonly run: RunRecord
  /** All of the run, in their order. */
  readonly trials: readonly TrialRecord[]
  /** What a person changed of it, oldest first. */
  readonly changes?: readonly DefinitionChange[]
  readonly proposing: Proposing
  /** Absent where an evaluation costs more than a replay may. */
  readonly repeat?: RepeatEvaluation | undefined
  readonly signal: AbortSignal
}

type What = Difference['what']

/** @throws AppError `cancelled`; what a proposer that is not there throws */
export async function verifyRun(replay: Replay): Promise<Verification> {
  const { run, trials, changes = [], proposing, repeat, signal } = replay
  const counted = { generations: 0, proposals: 0, evaluations: repeat === undefined ? null : 0 }
  const last = Math.max(-1, ...trials.map(({ generation }) => generation))
  for (let generation = 0; generation <= last; generation++) {
    refuseCancelled(signal)
    const inIt = trials.filter((trial) => trial.generation === generation)
    const stored = inIt.filter(isProposed)
    for (const trial of inIt.filter(isInjected)) {
      const difference = repeat && compareResult(trial, proposing.space, repeat)
      const place = { trialNumber: trial.number, generation }
      if (difference !== undefined) return { ...counted, matches: false, difference: { ...place, ...difference } }
      if (counted.evaluations !== null && isRepeatable(trial)) counted.evaluations++
    }
    // Nothing but what came in by hand: the strategy was not asked yet.
    if (stored.length === 0 && inIt.length > 0) continue
    const before = trials.filter((trial) => trial.generation < generation)
    const definition = definitionAt(run.definition, changes, generation)
    const asked = await proposalsOf(proposing, { definition: asProposed(definition) }, generation, trials)
    const all = asked.length > definition.populationSize ? letThrough(asked, stored) : asked
    // A generation that used the budget up has what there was room for.
    const evaluated = new Set(
      [...before, ...inIt].filter((trial) => !isConfirmation(trial)).map(({ evaluationKey }) => evaluationKey),
    ).size
    const proposed = evaluated >= plannedEvaluations(searchingPart(definition)) ? all.slice(0, stored.length) : all
    for (let index = 0; index < Math.max(stored.length, proposed.length); index++) {
      const trial = stored[index]
      const place = { trialNumber: trial?.number ?? before.length + index + 1, generation }
      const difference =
        compareProposal(trial, proposed[index]) ?? (trial && repeat && compareResult(trial, proposing.space, repeat))
      if (difference !== undefined) return { ...counted, matches: false, difference: { ...place, ...difference } }
      counted.proposals++
      if (counted.evaluations !== null && trial !== undefined && isRepeatable(trial)) counted.evaluations++
    }
    counted.generations++
  }
  const promotion = comparePromotions(run, trials)
  return { ...counted, matches: promotion === null, difference: promotion }
}

/** Whether each promotion was one by what was known of its rung then; who trained first is taken as it is stored. */
function comparePromotions({ definition }: RunRecord, trials: readonly TrialRecord[]): Difference | null {
  const halving = halvingOf(definition)
  const wrong = halving === null ? null : wrongPromotion(halving, trials)
  if (halving === null || wrong === null) return null
  const { trial, rank, among } = wrong
  const place = { trialNumber: trial.number, generation: trial.generation }
  const most = Math.floor(among / halving.eta)
  return { ...place, ...unlike('promotion', `promoted as number ${rank} of ${among}`, `the best ${most} of ${among}`) }
}

/**
 * Of what the strategy proposes where a filter stands between: what was stored, where it stands in the same order among the proposals;
 * the first that does not is compared with what comes next. The filter's figures are measured, and not measured again.
 */
function letThrough(proposed: readonly Proposal[], stored: readonly TrialRecord[]): readonly Proposal[] {
  let next = 0
  return stored.flatMap((trial) => {
    const found = proposed.findIndex((proposal, at) => at >= next && compareProposal(trial, proposal) === undefined)
    const proposal = proposed[found < 0 ? next : found]
    next = found < 0 ? next + 1 : found + 1
    return proposal === undefined ? [] : [proposal]
  })
}

const text = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

function unlike(what: What, stored: unknown, replayed: unknown): Omit<Difference, 'trialNumber' | 'generation'> {
  return { what, stored: text(stored), replayed: text(replayed) }
}

/** As JSON keeps it, which is how trials are stored. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

function compareProposal(trial: TrialRecord | undefined, proposal: Proposal | undefined) {
  if (trial === undefined) return unlike('missing', undefined, proposal?.genotype)
  if (proposal === undefined) return unlike('extra', trial.genotype, undefined)
  if (!isDeepStrictEqual(trial.genotype, plain(proposal.genotype)))
    return unlike('architecture', trial.genotype, proposal.genotype)
  // How probable the proposer found its choices depends on its threads in the last digits; what it chose is in the architecture.
  const storedOrigin = originOf(trial)
  const replayedOrigin = originOf(proposal)
  return isDeepStrictEqual(storedOrigin, replayedOrigin) ? undefined : unlike('origin', storedOrigin, replayedOrigin)
}

function originOf({ origin: { operator, parents, crossover, mutation, reconstructed } }: Pick<Proposal, 'origin'>) {
  const positions = reconstructed.map(({ position, removed, chosen }) => ({ position, removed, chosen }))
  return { operator, parents: [...parents], crossover, mutation, reconstructed: positions }
}

/** Failed and finished ones alike have a result; what waits or was let go has none. */
const isRepeatable = ({ state }: TrialRecord): boolean => state === 'finished' || state === 'failed'

function compareResult(trial: TrialRecord, space: Space, repeat: RepeatEvaluation) {
  if (!isRepeatable(trial)) return undefined
  const replayed = resultOf(space.parse(trial.genotype), repeat)
  const fitness = trial.state === 'finished' ? trial.fitness : null
  if (!Object.is(fitness, replayed.fitness))
    return unlike('fitness', fitness ?? trial.error?.message, replayed.fitness ?? replayed.reason)
  // Costs that follow from the network stand beside those that were measured.
  const measured = Object.fromEntries(
    Object.entries(trial.costs).filter(([name]) => !isKnownCost(name) || name in replayed.costs),
  )
  if (fitness !== null && !isDeepStrictEqual(measured, replayed.costs)) return unlike('costs', measured, replayed.costs)
  return undefined
}

function resultOf(genotype: Genotype, repeat: RepeatEvaluation) {
  try {
    const { fitness, costs } = repeat(genotype)
    return { fitness, costs, reason: null }
  } catch (thrown) {
    return { fitness: null, costs: {}, reason: errorData(thrown).message }
  }
}
