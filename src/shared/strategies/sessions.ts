// For strategies that remember: what they know is built up step by step from the run's results. A strategy stays a function of the
// seed and of those results (docs/rules.md#order): a session that does not fit them is built anew by going through them.
import type { Space } from '../spaces/space'
import { generationContext, type Member, type Proposal, type StrategyContext } from './strategy'

export interface SessionSteps<Own, State> {
  /** The state before anything is known; `context` is that of the first generation. */
  begin(context: StrategyContext, own: Own): State
  /** Takes a finished generation in. */
  tell(state: State, generation: readonly Member[]): void
  /** The next generation; may change the state. */
  propose(state: State, context: StrategyContext, own: Own): readonly Proposal[]
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
): (context: StrategyContext, own: Own) => readonly Proposal[] {
  const sessions = new WeakMap<Space, Session<State>>()
  return (context, own) => {
    const { space, history, seed, populationSize, generations, seeds } = context
    const run = JSON.stringify([seed, populationSize, generations, seeds, own])
    const last = sessions.get(space)
    const newest = history.at(-1)
    if (last?.run === run && newest !== undefined && isNext(last.told, history)) {
      steps.tell(last.state, newest)
      last.told.push(newest)
      return steps.propose(last.state, context, own)
    }
    const state = steps.begin(generationContext(context, 0), own)
    history.forEach((generation, index) => {
      // What it proposed is known; proposing again is what brings the state there.
      steps.propose(state, generationContext(context, index), own)
      steps.tell(state, generation)
    })
    sessions.set(space, { run, state, told: [...history] })
    return steps.propose(state, context, own)
  }
}

/** Whether `history` is what was told and exactly one generation more. */
function isNext(told: readonly (readonly Member[])[], history: StrategyContext['history']): boolean {
  return told.length === history.length - 1 && JSON.stringify(told) === JSON.stringify(history.slice(0, told.length))
}
