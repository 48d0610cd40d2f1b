// A person's changes of a run, going or not: budgets, rates, what is banned or pinned, journalled and held from the next generation on;
// the order of what waits; and the end of a single trial, which is then a failed one, a result like any other.
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import { changeableOf, changedDefinition, changeText } from '@shared/search/changes'
import { plannedEvaluations } from '@shared/search/planning'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { nextGeneration } from '@shared/search/trial'
import { constrainedSpace } from '@shared/spaces/constrained'
import type { Space } from '@shared/spaces/space'
import { addJournal } from '../storage/journal'
import { putChange } from '../storage/run-changes'
import { getRun, type RunRecord } from '../storage/runs'
import type { Store } from '../storage/store'
import { listQueue, putQueue } from '../storage/trial-queue'
import { getTrial, listTrials, updateTrial } from '../storage/trials'
import type { Orchestrator } from './orchestrator'
import { ENDED_BY_HAND } from './trial-runner'
import type { Updates } from './updates'

export interface ChangeTools {
  readonly store: Store
  readonly updates: Updates
  readonly orchestrator: Pick<Orchestrator, 'live' | 'prepared'>
}

/**
 * A limit of time holds at once, everything else from the next generation on.
 * @param spaceOf of a run, for names that are banned or pinned; asked only where those change
 * @throws AppError `conflict` for a run that is over, `invalid-input` for what may not change or leaves no architecture, `read-only`
 */
export async function changeRun(
  {
    store,
    updates,
    orchestrator,
  }: Pick<ChangeTools, 'store' | 'updates'> & {
    readonly orchestrator: Pick<Orchestrator, 'live'>
  },
  id: string,
  values: Readonly<Record<string, unknown>>,
  spaceOf: (run: RunRecord) => Space,
): Promise<void> {
  store.refuseReadOnly()
  const live = orchestrator.live(id)
  const held = live?.steering.definition
  const stored = store.write(async (writer) => {
    const run = await getRun(writer, id)
    if (RUN_STATE_RULES[run.state].isOver)
      throw new AppError('conflict', `Run ${run.number} is ${run.state}.`, 'Start a new search with its settings.')
    const after = changedDefinition(run.definition, values)
    const text = changeText(changeableOf(run.definition), changeableOf(after))
    if (text === '') return
    if (!isDeepStrictEqual([run.definition.bans, run.definition.pins], [after.bans, after.pins]))
      constrainedSpace(spaceOf(run), after).random(createRandom(after.seed))
    const generation = nextGeneration(await listTrials(writer, id))
    await putChange(writer, id, { generation, before: run.definition, after, planned: plannedEvaluations(after) })
    await addJournal(writer, id, 'info', `Changed by hand, from generation ${generation + 1} on: ${text}.`)
    live?.steering.redefine(after)
  })
  await stored.catch((thrown: unknown) => {
    if (held !== undefined && live?.steering.definition !== held) live?.steering.redefine(held)
    throw thrown
  })
  updates.touch(id)
}

/**
 * Puts waiting trials first, in this order; the others keep theirs behind them. What is proposed does not depend on it.
 * @throws AppError `conflict` for a trial that does not wait in the run, `read-only`
 */
export async function orderQueue(
  { store, updates }: Pick<ChangeTools, 'store' | 'updates'>,
  runId: string,
  trialIds: readonly number[],
): Promise<void> {
  store.refuseReadOnly()
  const moved = await store.write(async (writer) => {
    const queue = await listQueue(writer, runId)
    const first = [...new Set(trialIds)].map((id) => {
      const found = queue.find((trial) => trial.id === id)
      if (found === undefined)
        throw new AppError(
          'conflict',
          'A trial that was to be moved waits no more, or is of another run.',
          'Look at what waits, and move that.',
        )
      return found
    })
    const others = queue.filter((trial) => !first.includes(trial))
    await putQueue(
      writer,
      [...first, ...others].map(({ id }) => id),
    )
    const numbers = first.map(({ number }) => number).join(', ')
    await addJournal(
      writer,
      runId,
      'info',
      `Order changed by hand: ${first.length === 1 ? 'trial' : 'trials'} ${numbers} next.`,
    )
    return queue.map(({ id }) => id)
  })
  updates.touch(runId, moved)
}

/** Ends one trial, going or waiting. @throws AppError `conflict` for one that has ended, `not-found`, `read-only` */
export async function endTrial({ store, updates, orchestrator }: ChangeTools, trialId: number): Promise<void> {
  store.refuseReadOnly()
  const trial = await getTrial(store.db, trialId)
  const endGoing = (): boolean => {
    const end = orchestrator.live(trial.runId)?.ends.get(trialId)
    end?.()
    return end !== undefined
  }
  if (endGoing()) return
  await store.write(async (writer) => {
    const now = await getTrial(writer, trialId)
    // Begun since it was looked for.
    if (now.state === 'running' && endGoing()) return
    if (now.state !== 'waiting')
      throw new AppError('conflict', `Trial ${now.number} is ${now.state} and cannot be ended.`)
    await updateTrial(writer, trialId, { state: 'failed', error: ENDED_BY_HAND, finishedAt: new Date().toISOString() })
    await addJournal(writer, now.runId, 'warning', `Trial ${now.number} failed: ${ENDED_BY_HAND.message}`, trialId)
  })
  updates.touch(trial.runId, [trialId])
}
