// Who searches: strategies with their parameters, and for each that asks a GPT the same one asking another judge, so that what is
// owed to the GPT can be told from what is owed to the rest.
import type { ChainJudge, GraphJudge } from '../../src/shared/strategies/strategy'
import { createRandom } from '../../src/shared/random'
import { membersOf } from '../../src/shared/proposer/checkpoint'
import { createJudge } from '../../src/shared/proposer/judge'
import { RelationalGpt } from '../../src/shared/proposer/relational-gpt'
import { capacityOf, depthOf } from '../../src/shared/proposer/objectives'
import type { InContextLearner } from '../../src/shared/surrogate/in-context/learner'
import {
  judgeIn,
  learnerIn,
  readWorkbenchCheckpoint,
  shippedInContext,
  shippedWorkbench,
} from '../../src/node/small-checkpoints'
import { checkout } from '../harness'
import { chainJudges, negatedChains } from './chain-judges'

export interface Contestant {
  readonly label: string
  readonly strategy: string
  readonly own?: Readonly<Record<string, unknown>>
  readonly judge?: GraphJudge
  readonly learner?: InContextLearner
  readonly chains?: ChainJudge
}

/** GPTs that nobody has trained. */
export const untrained = (): GraphJudge =>
  createJudge([0, 1, 2].map((member) => RelationalGpt.draw(createRandom(1).fork(`untrained-${member}`))))

/** Thinks least of what the other thinks most of. */
export const negated = (judge: GraphJudge): GraphJudge => ({
  judge: (graphs) => judge.judge(graphs).map((row) => row.map((value) => -value)),
})

/** What the capacity and depth heads were trained to say, by their formula: what a GPT adds to it is the rest. */
export const formula: GraphJudge = {
  judge: (graphs) => graphs.map((graph) => [capacityOf(graph), depthOf(graph)]),
}

/**
 * @param shuffled folder of a checkpoint trained with `--shuffle-labels`; left out, that control is
 * @param table that is searched: of block chains another judge picks
 */
export function contestants(shuffled?: string, table = ''): Contestant[] {
  const judge = judgeIn(shippedWorkbench(`${checkout}/resources`))
  if (judge === undefined) throw new Error('resources/proposer/workbench-1 is missing')
  const learner = learnerIn(shippedInContext(`${checkout}/resources`))
  if (learner === undefined) throw new Error('resources/proposer/in-context-1 is missing')
  const { file, weights } = readWorkbenchCheckpoint(shippedWorkbench(`${checkout}/resources`))
  const [first] = membersOf(file, weights)
  const dealtAnew = shuffled === undefined ? undefined : judgeIn(shuffled)
  const asking = (label: string, asked: GraphJudge | undefined, own = {}): Contestant => ({
    ...{ label, strategy: 'gpt-nas', own, learner },
    ...(asked && { judge: asked }),
  })
  return [
    ...(table.startsWith('chains-') ? [] : [asking('gpt-nas', judge)]),
    asking('gpt-nas by the process alone', judge, { surrogate: 'gaussian-process' }),
    asking('gpt-nas by the learner alone', judge, { surrogate: 'in-context' }),
    asking('no GPT: 6 random first', undefined, { randomFirst: 6 }),
    ...chainContestants(table, learner),
    { label: 'gp-ei', strategy: 'gp-ei' },
    { label: 'ga', strategy: 'ga' },
    { label: 'ga-random-replacement', strategy: 'ga-random-replacement' },
    { label: 'regularised-evolution', strategy: 'regularised-evolution' },
    { label: 'local-search', strategy: 'local-search' },
    { label: 'random', strategy: 'random' },
    asking('control: untrained GPT', untrained()),
    asking('control: negated GPT', negated(judge)),
    asking('control: formula', formula),
    ...(dealtAnew === undefined ? [] : [asking('control: shuffled labels', dealtAnew)]),
    // What a shuffled checkpoint of one GPT is held against.
    ...(dealtAnew === undefined || first === undefined ? [] : [asking('control: one GPT', createJudge([first]))]),
  ]
}

/** `gpt-nas` on block chains: with the judge of chains, without it, and with controls in its place. */
function chainContestants(table: string, learner: InContextLearner): Contestant[] {
  if (!table.startsWith('chains-')) return []
  const { judge, shuffled, costs } = chainJudges(table)
  const asking = (label: string, chains: ChainJudge | undefined, own = {}): Contestant => ({
    ...{ label, strategy: 'gpt-nas', own, learner },
    ...(chains && { chains }),
  })
  return [
    asking('gpt-nas', judge),
    asking('gpt-nas without the judge', undefined),
    asking('gpt-nas without the judge, 6 random first', undefined, { randomFirst: 6 }),
    asking('control: negated judge', negatedChains(judge)),
    asking('control: judge of shuffled labels', shuffled),
    asking('control: judge of costs alone', costs),
  ]
}

/**
 * `gpt-nas` with other settings, a row each.
 * @param own objects of its settings as JSON, `;` between them @throws SyntaxError for text that is no JSON
 */
export function variants(known: readonly Contestant[], own: string | undefined): Contestant[] {
  const base = known.find(({ label }) => label === 'gpt-nas')
  if (own === undefined || base === undefined) return []
  return own
    .split(';')
    .map((text) => ({ ...base, label: `gpt-nas ${text}`, own: JSON.parse(text) as Readonly<Record<string, unknown>> }))
}
