// For strategies that remember: what they know is built up step by step from the run's results. A strategy stays a function of the
// seed and of those results (docs/rules.md#order): a session that does not fit them is built anew by going through them.
import type { Space } from '../spaces/space'
import { generationContext, type Member, type Proposal, type StrategyContext } from './strategy'

export interface SessionSteps<Own, State> {
  /** The state before anything is known; `context` is that of the first generation. */
  begin(context: StrategyContext, own: Own): Promise<State>
  /** Takes a finished generation in. */
  tell(state: State, generation: readonly Member[]): void
  /** The next generation; may change the state. */
  propose(state: State, context: StrategyContext, own: Own): Promise<readonly Proposal[]>
}

interface Session<State> {
  /** The run it belongs to. */
  readonly run: string
  readonly state: State
  readonly told: (readonly Member[])[]
}

/** @returns `propose` of a strategy, remembering the newest session of each space. */
export function withSessions<Own, State>(
  steps: SessionSteps<Own, State>,
): (context: StrategyContext, own: Own) => Promise<readonly Proposal[]> {
  const sessions = new WeakMap<Space, Session<State>>()
  const asked = new WeakMap<Space, Promise<unknown>>()
  const next = async (context: StrategyContext, own: Own): Promise<readonly Proposal[]> => {
    const { space, history, seed, populationSize, generations, seeds, former = [] } = context
    const run = JSON.stringify([seed, populationSize, generations, seeds, own, former.map(({ number }) => number)])
    const last = sessions.get(space)
    // Back only when it has got through: one that was broken off half way is no session any more.
    sessions.delete(space)
    const newest = history.at(-1)
    const isNewest = last?.run === run && newest !== undefined && isNext(last.told, history)
    const state = isNewest ? last.state : await steps.begin(generationContext(context, 0), own)
    if (isNewest) steps.tell(state, newest)
    else
      for (const [index, generation] of history.entries()) {
        // What it proposed is known; proposing again is what brings the state there.
        await steps.propose(state, generationContext(context, index), own)
        steps.tell(state, generation)
      }
    const proposals = await steps.propose(state, context, own)
    sessions.set(space, { run, state, told: [...history] })
    return proposals
  }
  return (context, own) => {
    // One after the other: two at once would change one state.
    const answer = (asked.get(context.space) ?? Promise.resolve()).then(() => next(context, own))
    asked.set(
      context.space,
      answer.catch(() => undefined),
    )
    return answer
  }
}

/** Whether `history` is what was told and exactly one generation more. */
function isNext(told: readonly (readonly Member[])[], history: StrategyContext['history']): boolean {
  return told.length === history.length - 1 && JSON.stringify(told) === JSON.stringify(history.slice(0, told.length))
}
