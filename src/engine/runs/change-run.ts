// A person's changes of a run that stands: budgets and rates, journalled and held from the next generation on; and the end of a single
// trial, going or waiting. The trial is then a failed one, which is a result like any other.
import { AppError } from '@shared/errors'
import { changeableOf, changedDefinition, changeText } from '@shared/search/changes'
import { plannedEvaluations } from '@shared/search/planning'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { addJournal } from '../storage/journal'
import { putChange } from '../storage/run-changes'
import { getRun } from '../storage/runs'
import type { Store } from '../storage/store'
import { getTrial, listTrials, updateTrial } from '../storage/trials'
import type { Orchestrator } from './orchestrator'
import { ENDED_BY_HAND } from './trial-runner'
import type { Updates } from './updates'

export interface ChangeTools {
  readonly store: Store
  readonly updates: Updates
  readonly orchestrator: Pick<Orchestrator, 'live'>
}

/** @throws AppError `conflict` for a run that goes or is over, `invalid-input` for what may not change, `read-only` */
export async function changeRun(
  { store, updates, orchestrator }: ChangeTools,
  id: string,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  store.refuseReadOnly()
  await store.write(async (writer) => {
    const run = await getRun(writer, id)
    if (RUN_STATE_RULES[run.state].isOver)
      throw new AppError('conflict', `Run ${run.number} is ${run.state}.`, 'Start a new search with its settings.')
    if (RUN_STATE_RULES[run.state].isGoing || orchestrator.live(id) !== undefined)
      throw new AppError('conflict', `Run ${run.number} is going.`, 'Pause it, change it, and resume it.')
    const after = changedDefinition(run.definition, values)
    const text = changeText(changeableOf(run.definition), changeableOf(after))
    if (text === '') return
    const trials = await listTrials(writer, id)
    const generation = trials.length === 0 ? 0 : Math.max(...trials.map((trial) => trial.generation)) + 1
    await putChange(writer, id, { generation, before: run.definition, after, planned: plannedEvaluations(after) })
    await addJournal(writer, id, 'info', `Changed by hand, from generation ${generation + 1} on: ${text}.`)
  })
  updates.touch(id)
}

/** Ends one trial, going or waiting. @throws AppError `conflict` for one that has ended, `not-found`, `read-only` */
export async function endTrial({ store, updates, orchestrator }: ChangeTools, trialId: number): Promise<void> {
  store.refuseReadOnly()
  const trial = await getTrial(store.db, trialId)
  const end = orchestrator.live(trial.runId)?.ends.get(trialId)
  if (end !== undefined) {
    end()
    return
  }
  await store.write(async (writer) => {
    const now = await getTrial(writer, trialId)
    if (now.state !== 'waiting')
      throw new AppError('conflict', `Trial ${now.number} is ${now.state} and cannot be ended.`)
    await updateTrial(writer, trialId, { state: 'failed', error: ENDED_BY_HAND, finishedAt: new Date().toISOString() })
    await addJournal(writer, now.runId, 'warning', `Trial ${now.number} failed: ${ENDED_BY_HAND.message}`, trialId)
  })
  updates.touch(trial.runId, [trialId])
}
