// Older forms of a run's definition, brought to the newest: what is in files and workspaces must open for ever.
import { z } from 'zod'
import { ALL_QUESTIONS } from '../strategies/gpt-nas'
import type { PaperProposer } from '../strategies/paper-proposers'
import { STRATEGIES } from '../strategies/registry'

/** Until strategies had parameters of their own, these three stood beside the strategy's name, whichever that was. */
const RATES = ['crossoverRate', 'mutationRate', 'eliminationRate']

/**
 * Until the workbench had a GPT-NAS of its own, the published one had that name; its rates tell it. A name alone is the newer one: what
 * is stored of a run always holds the rates.
 */
const PAPER = 'gpt-nas:paper'

const json = z.record(z.string(), z.unknown())
const nameAlone = z.string().optional()

/** What is no definition at all, or has the newest form already, is returned as it is. */
export function upgradeDefinition(definition: unknown): unknown {
  const fields = json.safeParse(definition)
  if (!fields.success) return definition
  // In this order: some tell an older form by fields that a later one adds.
  const strategyNamed = [
    withArchitectureAsSpace,
    withStrategyOfItsOwn,
    withPublishedName,
    withDeadChoicesOfThen,
    withSurrogateOfThen,
    withoutChainsOfNow,
    withoutBoundsOfNow,
    withoutPriorOfNow,
    withProposerOfThen,
  ].reduce((older, upgrade) => upgrade(older), fields.data)
  const upgraded = withEvaluationsCounted(withEvaluatorOfItsOwn(strategyNamed))
  return upgraded === fields.data ? definition : upgraded
}

type Fields = Readonly<Record<string, unknown>>

/** One architecture to train stood beside a space that then played no part; now it is a space of kind `single`. */
function withArchitectureAsSpace(fields: Fields): Fields {
  const { architecture, ...others } = fields
  return architecture === undefined ? fields : { ...others, space: { kind: 'single', architecture } }
}

/** What was counted were trials, repeats among them; the limit that was meant is of evaluations. */
function withEvaluationsCounted(fields: Fields): Fields {
  const { maxTrials, ...others } = fields
  return maxTrials === undefined ? fields : { ...others, maxEvaluations: maxTrials }
}

/** An evaluator's kind alone takes the defaults of its settings. */
function withEvaluatorOfItsOwn(fields: Fields): Fields {
  const { evaluator } = fields
  return typeof evaluator === 'string' ? { ...fields, evaluator: { kind: evaluator } } : fields
}

/**
 * `strategy: "ga"` becomes `strategy: { name: "ga" }`, and rates beside it move into it where that strategy has them: the others
 * never had an effect.
 */
function withStrategyOfItsOwn(fields: Fields): Fields {
  const given = nameAlone.safeParse(fields['strategy'])
  if (!given.success) return fields
  const hasRates = RATES.some((rate) => rate in fields)
  const named = given.data ?? 'gpt-nas'
  const name = named === 'gpt-nas' && hasRates ? PAPER : named
  const known = STRATEGIES.find((strategy) => strategy.name === name)?.schema.parse({ name }) ?? {}
  const own = Object.entries(fields).filter(([key]) => RATES.includes(key) && key in known)
  const others = Object.entries(fields).filter(([key]) => !RATES.includes(key))
  return { ...Object.fromEntries(others), strategy: { name, ...Object.fromEntries(own) } }
}

/** Rates of the genetic algorithm in a strategy called `gpt-nas` are those of the published one. */
function withPublishedName(fields: Fields): Fields {
  const strategy = json.safeParse(fields['strategy'])
  if (!strategy.success || strategy.data['name'] !== 'gpt-nas') return fields
  return RATES.some((rate) => rate in strategy.data)
    ? { ...fields, strategy: { ...strategy.data, name: PAPER } }
    : fields
}

/** All that `gpt-nas` had while a Gaussian process was its only surrogate. What is stored of a run holds all of it; a file may hold some. */
const BEFORE_THE_LEARNER = ['firstPicks', 'randomAfter', 'randomFirst', 'candidates']

/** A run of then goes on as it began; a name alone, or with some of the parameters, takes the default of today. */
function withSurrogateOfThen(fields: Fields): Fields {
  const strategy = json.safeParse(fields['strategy'])
  if (!strategy.success || strategy.data['name'] !== 'gpt-nas' || 'surrogate' in strategy.data) return fields
  return BEFORE_THE_LEARNER.every((key) => key in strategy.data)
    ? { ...fields, strategy: { ...strategy.data, surrogate: 'gaussian-process' } }
    : fields
}

/** All that the strategies with a surrogate had while it read every result, by their names. */
const BEFORE_BOUNDS: Readonly<Record<string, readonly string[]>> = {
  'gpt-nas': [...BEFORE_THE_LEARNER, 'surrogate'],
  'gp-ei': ['randomFirst', 'candidates'],
}

/** As `withSurrogateOfThen`: a run of then goes on reading all (decision 135). */
function withoutBoundsOfNow(fields: Fields): Fields {
  const strategy = json.safeParse(fields['strategy'])
  if (!strategy.success || 'bounded' in strategy.data) return fields
  const before = BEFORE_BOUNDS[String(strategy.data['name'])]
  return before?.every((key) => key in strategy.data) === true
    ? { ...fields, strategy: { ...strategy.data, bounded: false } }
    : fields
}

/** As `withSurrogateOfThen`: a run of then expects nothing before its results and asks its learner about all candidates (decision 174). */
function withoutPriorOfNow(fields: Fields): Fields {
  const strategy = json.safeParse(fields['strategy'])
  if (!strategy.success || strategy.data['name'] !== 'gpt-nas' || 'prior' in strategy.data) return fields
  return [...BEFORE_THE_LEARNER, 'surrogate', 'bounded'].every((key) => key in strategy.data)
    ? { ...fields, strategy: { ...strategy.data, prior: false, questions: ALL_QUESTIONS } }
    : fields
}

/** As `withSurrogateOfThen`: a run of then began at random on block chains, and goes on so (decision 179). */
function withoutChainsOfNow(fields: Fields): Fields {
  const strategy = json.safeParse(fields['strategy'])
  if (!strategy.success || strategy.data['name'] !== 'gpt-nas' || 'chains' in strategy.data) return fields
  return BEFORE_THE_LEARNER.every((key) => key in strategy.data)
    ? { ...fields, strategy: { ...strategy.data, chains: 'none' } }
    : fields
}

/** As `withSurrogateOfThen`: a run of then goes on telling all choices apart (decision 194). */
function withDeadChoicesOfThen(fields: Fields): Fields {
  const strategy = json.safeParse(fields['strategy'])
  if (!strategy.success || 'liveChoices' in strategy.data) return fields
  const before = { 'gpt-nas': BEFORE_THE_LEARNER, 'gp-ei': ['randomFirst', 'candidates'] }[
    String(strategy.data['name'])
  ]
  return before?.every((key) => key in strategy.data) === true
    ? { ...fields, strategy: { ...strategy.data, liveChoices: false } }
    : fields
}

/** As `withSurrogateOfThen`: a run of the published method goes on with the checkpoint that there was (decision 192). */
function withProposerOfThen(fields: Fields): Fields {
  const strategy = json.safeParse(fields['strategy'])
  if (!strategy.success || strategy.data['name'] !== PAPER || 'proposer' in strategy.data) return fields
  return RATES.every((key) => key in strategy.data)
    ? { ...fields, strategy: { ...strategy.data, proposer: 'paper-1' satisfies PaperProposer } }
    : fields
}
