// Runs and their states: created, started, paused, resumed, stopped, removed; what an end of the program left behind. One
// task per going run. The search itself is search-loop.ts.
import { rm } from 'node:fs/promises'
import { AppError, errorData, type ErrorData } from '@shared/errors'
import { evaluatorOf } from '@shared/evaluators/registry'
import { RUN_STATE_RULES, type RunEnd, type RunState } from '@shared/search/run-states'
import { commandFilesOf } from '../evaluators/command/files'
import { initialWeightsOf } from '@shared/spaces/single/initial-weights'
import { checkpointFolder } from '../evaluators/training/training'
import { namedArtefact, type Artefacts } from '../storage/artefacts'
import { addJournal } from '../storage/journal'
import { deleteRun, getRun, insertRun, listRuns, updateRun, type NewRun, type RunRecord } from '../storage/runs'
import type { Writer } from '../storage/schema'
import type { Store } from '../storage/store'
import { getTrial, getTrialDocument, listTrials, moveTrials, updateTrial } from '../storage/trials'
import { RunControl } from './control'
import { settleRungs } from './halving'
import { createLiveRun, type LiveRun } from './live-run'
import type { PreparedRun, PrepareRun } from './prepared-run'
import { journal } from './run-context'
import { limitTimer, outcomeOf } from './run-end'
import { winnersOf } from './run-view'
import { searchLoop, type FoundEnd } from './search-loop'
import { dropCheckpointsOf } from './stale-checkpoints'
import { keepTime } from './stored-time'
import type { Updates } from './updates'

export interface OrchestratorOptions {
  readonly store: Store
  readonly artefacts: Artefacts
  readonly updates: Updates
  readonly prepare: PrepareRun
  /** Awaited before the first run goes: nothing may be removed under a run. */
  readonly tidy?: () => Promise<void>
  /** Receives bugs and what could not be stored. */
  readonly report: (thrown: unknown) => void
}

interface Ending {
  readonly state: RunState
  readonly message: string
  readonly seconds: number
  readonly error?: ErrorData | null
  /** Why it is finished. */
  readonly end?: RunEnd | null
  /** What a finished run's winner is reported with. */
  readonly report?: { readonly trialId: number; readonly value: number } | undefined
  /** Count of changes under which a finished run's end was found. */
  readonly revision?: number
}

interface Task {
  readonly run: RunRecord
  readonly live: LiveRun
  readonly control: RunControl
  readonly done: Promise<void>
}

export class Orchestrator {
  private readonly tasks = new Map<string, Task>()
  /** Ends that could not be written down. */
  private readonly unstored = new Map<string, ErrorData>()
  private isClosed = false

  constructor(private readonly options: OrchestratorOptions) {}

  live(runId: string): LiveRun | undefined {
    return this.tasks.get(runId)?.live
  }

  /** What a run works with: as it goes, or made ready for who asks. @throws AppError as `PrepareRun` */
  async prepared(run: RunRecord): Promise<PreparedRun> {
    const ready = this.tasks.get(run.id)?.live.prepared
    return ready ?? this.options.prepare(run, new AbortController().signal, () => undefined)
  }

  /** Going runs that read a data set, in words: for who wants to change it. */
  usersOf(dataset: string): string[] {
    const users = [...this.tasks.values()].filter(
      ({ run: { definition } }) => evaluatorOf(definition).needsData && definition.data.dataset === dataset,
    )
    return users.map(({ run }) => `run ${run.number} "${run.definition.name}"`)
  }

  /** Runs that are going, in words. */
  going(): string[] {
    return [...this.tasks.values()].map(({ run }) => `run ${run.number} "${run.definition.name}"`)
  }

  unstoredError(runId: string): ErrorData | undefined {
    return this.unstored.get(runId)
  }

  /**
   * Marks runs that an end of the program left running as interrupted, their trials as waiting. One that was being paused
   * becomes paused: that was the user's wish.
   * @returns the ids of the interrupted ones, oldest first.
   */
  async recover(): Promise<string[]> {
    const { store } = this.options
    const left = (await listRuns(store.db)).filter(({ state }) => RUN_STATE_RULES[state].isGoing).reverse()
    for (const run of left) {
      const state = run.state === 'pausing' ? 'paused' : 'interrupted'
      await journal(
        { ...this.options, run },
        {
          level: 'warning',
          message: `The program ended while this search was ${run.state}. It can go on where it stood.`,
        },
        async (writer) => {
          await moveTrials(writer, run.id, 'running', 'waiting')
          await updateRun(writer, run.id, { state })
        },
      )
    }
    return left.filter(({ state }) => state === 'running').map(({ id }) => id)
  }

  /**
   * @param sameAs looks, in the write that stores the run, for one that makes it needless
   * @returns the id of the run, or of that one
   */
  async create(run: NewRun, sameAs?: (db: Writer) => Promise<string | undefined>): Promise<string> {
    const id = await this.options.store.write(async (writer) => {
      const same = await sameAs?.(writer)
      if (same !== undefined) return same
      await insertRun(writer, run)
      const initial = initialWeightsOf(run.definition)
      // They stay as long as the run does: it may have to begin again.
      if (initial !== undefined)
        await this.options.artefacts.refer(writer, await namedArtefact(writer, initial), `run:${run.id}`)
      await addJournal(writer, run.id, 'info', `Run "${run.definition.name}" was created.`)
      return run.id
    })
    this.options.updates.touch(id)
    return id
  }

  /** @throws AppError `conflict` when the run is going or has ended, `not-found`, `read-only`. */
  async resume(id: string): Promise<void> {
    this.options.store.refuseReadOnly()
    const run = await getRun(this.options.store.db, id)
    if (this.isClosed) throw new AppError('cancelled', 'The engine is closing.')
    const isStuck = this.unstored.has(id)
    if (this.tasks.has(id) || !(RUN_STATE_RULES[run.state].canResume || isStuck)) {
      throw new AppError(
        'conflict',
        `Run ${run.number} is ${run.state} and cannot be started.`,
        RUN_STATE_RULES[run.state].isOver ? 'Start a new search.' : 'Wait until it is paused.',
      )
    }
    const control = new RunControl()
    const live = createLiveRun(run.seconds, run.definition)
    const word = run.startedAt === null ? 'started' : 'goes on'
    const started = journal({ ...this.options, run }, { message: `Run ${run.number} ${word}.` }, async (writer) => {
      // It may have been removed or stopped since it was read.
      const { state, definition } = await getRun(writer, id)
      if (state !== run.state) throw new AppError('conflict', `Run ${run.number} has just become ${state}.`)
      live.steering.redefine(definition)
      // Trials of a run whose end could not be stored are still marked as running.
      await moveTrials(writer, id, 'running', 'waiting')
      await updateRun(writer, id, {
        state: 'running',
        error: null,
        finishedAt: null,
        ...(run.startedAt === null && { startedAt: new Date().toISOString() }),
      })
    })
    const done = started.then(
      () => {
        this.unstored.delete(id)
        return this.go({ ...run, state: 'running' }, live, control)
      },
      // The caller gets the reason below; whoever waits for the task must not wait for ever.
      () => void this.tasks.delete(id),
    )
    // In the map before the first await: two calls must not start it twice.
    this.tasks.set(id, { run, live, control, done })
    await started
  }

  /** Holds at the next checkpoints; resolves when the wish is stored, not when everything stands. */
  async pause(id: string): Promise<void> {
    this.options.store.refuseReadOnly()
    const run = await getRun(this.options.store.db, id)
    const task = this.tasks.get(id)
    if (task === undefined || run.state === 'pausing') {
      if (run.state === 'paused' || run.state === 'pausing') return
      throw new AppError('conflict', `Run ${run.number} is ${run.state} and cannot be paused.`)
    }
    await journal(
      { ...this.options, run },
      { message: 'Pausing: trials stop at their next checkpoint.' },
      async (writer) => {
        // It may have come to its end since it was read; that end must stand.
        const { state } = await getRun(writer, id)
        if (!RUN_STATE_RULES[state].canPause)
          throw new AppError('conflict', `Run ${run.number} is ${state} and cannot be paused.`)
        await updateRun(writer, id, { state: 'pausing' })
      },
    )
    task.control.end('pause')
  }

  /** Ends the run for good. */
  async stop(id: string): Promise<void> {
    const task = this.tasks.get(id)
    if (task !== undefined) {
      task.control.end('stop')
      await task.done
      return
    }
    const run = await getRun(this.options.store.db, id, 'tell')
    if (!RUN_STATE_RULES[run.state].canStop) return
    await this.end(run, { state: 'stopped', message: 'The search was stopped.', seconds: run.seconds })
  }

  async rename(id: string, name: string): Promise<void> {
    await getRun(this.options.store.db, id, 'tell')
    await this.options.store.write((writer) => updateRun(writer, id, { name }))
    this.options.updates.touch(id)
  }

  /** @throws AppError `conflict` while it is going. */
  async remove(id: string): Promise<void> {
    const { store, artefacts, updates } = this.options
    // What cannot be read can be removed.
    const run = await getRun(store.db, id, 'tell')
    if (this.tasks.has(id)) {
      throw new AppError('conflict', `Run ${run.number} is going and cannot be removed.`, 'Stop or pause it first.')
    }
    store.refuseReadOnly()
    // Before anything of it is gone there is a copy of the day.
    await this.options.tidy?.()
    const trials = await listTrials(store.db, id, { onDamage: 'tell' })
    await store.write(async (writer) => {
      // Started since it was looked for: its task would write into nothing.
      if (this.tasks.has(id))
        throw new AppError('conflict', `Run ${run.number} has just been started.`, 'Stop or pause it first.')
      for (const trial of trials) await artefacts.release(writer, `trial:${trial.id}`)
      await artefacts.release(writer, `run:${id}`)
      await deleteRun(writer, id)
    })
    this.unstored.delete(id)
    updates.touch(id)
    for (const trial of trials)
      await rm(checkpointFolder(store.folders.checkpoints, trial.id), { recursive: true, force: true })
    await rm(commandFilesOf(store.folders.commands, run.number), { recursive: true, force: true })
    await artefacts.collect()
  }

  /** Lets every run go at once and stores where it stood. */
  async close(): Promise<void> {
    this.isClosed = true
    const tasks = [...this.tasks.values()]
    for (const { control } of tasks) control.end('close')
    await Promise.all(tasks.map(({ done }) => done))
  }

  /** The life of one task; never rejects. */
  private async go(run: RunRecord, live: LiveRun, control: RunControl): Promise<void> {
    try {
      let ending = await this.searched(run, live, control)
      // Something was changed or put in after the end was found: there is more to do.
      while (!(await this.end(run, ending, live))) ending = await this.searched(run, live, control, ending.report)
    } catch (thrown) {
      // The end itself could not be stored: shown to who watches, and found as interrupted at the next start.
      this.unstored.set(run.id, errorData(thrown))
      this.options.report(thrown)
    } finally {
      this.tasks.delete(run.id)
      this.options.updates.touch(run.id)
    }
  }

  /** Searches until there is an end of any kind, which is to be stored. @param earlier a report of an end that did not hold */
  private async searched(
    run: RunRecord,
    live: LiveRun,
    control: RunControl,
    earlier?: Ending['report'],
  ): Promise<Ending> {
    const { store, artefacts, updates, prepare, report: tell } = this.options
    let failure: ErrorData | null = null
    let report: Ending['report']
    let found: FoundEnd | null = null
    const stopLimit = limitTimer(live, control)
    const stopKeeping = keepTime({ store, report: tell }, run.id, live)
    try {
      await this.options.tidy?.()
      const prepared =
        live.prepared ??
        (await prepare(run, control.signal, (step) => {
          live.preparing = step
          updates.touch(run.id)
        }))
      live.preparing = null
      live.prepared = prepared
      const end = await searchLoop({ store, artefacts, updates, run, live, control, prepared })
      // Asked for when nothing is proposed any more.
      if (end !== null) report = await this.reportOf(run, prepared, control.signal, earlier)
      // Only now: what was let go before its report goes on to it.
      found = end
    } catch (thrown) {
      if (control.reason !== 'stop' && control.reason !== 'close') {
        failure = errorData(thrown)
        if (!(thrown instanceof AppError)) tell(thrown)
      }
    } finally {
      stopLimit()
      stopKeeping()
    }
    const seconds = live.seconds()
    if (failure === null) {
      // What is finished stays finished, whatever was asked of its task meanwhile.
      const outcome = outcomeOf(found?.end ?? control.reason, live.steering.definition)
      const isFinished = outcome.state === 'finished'
      return { ...outcome, seconds, ...(isFinished && { report }), ...(found !== null && { revision: found.revision }) }
    }
    const fix = failure.fix === undefined ? '' : ` ${failure.fix}`
    const message = `The search ended: ${failure.message}${fix}`
    // A disk that is full says nothing against the search. Whether its end can still be stored is chance, and one that cannot
    // is found as interrupted at the next start: so it is called that in both cases.
    const state = failure.code === 'storage-failed' ? 'interrupted' : 'failed'
    return { state, message, seconds, error: failure }
  }

  private async reportOf(
    run: RunRecord,
    { evaluator }: PreparedRun,
    signal: AbortSignal,
    earlier: Ending['report'],
  ): Promise<Ending['report']> {
    const { store } = this.options
    const { best } = await winnersOf(store.db, run)
    if (best === undefined || evaluator.report === undefined) return undefined
    if (earlier?.trialId === best.id) return earlier
    const trial = await getTrial(store.db, best.id)
    // A final training is tested once, also where the program ended between its test and its end.
    if (run.definition.final !== null && trial.reported !== null) return { trialId: best.id, value: trial.reported }
    const value = await evaluator.report(trial, await getTrialDocument(store.db, best.id), signal)
    if (value === undefined) return undefined
    if (run.definition.final !== null) await store.write((writer) => updateTrial(writer, best.id, { reported: value }))
    return { trialId: best.id, value }
  }

  /** @returns false, with nothing stored, where the run has changed since its end was found */
  private async end(
    run: RunRecord,
    { state, message, seconds, error = null, report, end = null, revision }: Ending,
    live?: LiveRun,
  ): Promise<boolean> {
    const { isOver } = RUN_STATE_RULES[state]
    const finishedAt = isOver || error !== null ? new Date().toISOString() : null
    const { store } = this.options
    let touched: number[] = []
    const isStored = await store.write(async (writer) => {
      if (revision !== undefined && live !== undefined && live.steering.revision !== revision) return false
      // What has reached a rung has a result, also where the end comes while it trains on.
      const moved = await moveTrials(writer, run.id, 'running', 'waiting')
      const settled = isOver ? await settleRungs(writer, run.id) : []
      const dropped = isOver ? await moveTrials(writer, run.id, 'waiting', 'cancelled') : []
      touched = [...new Set([...moved, ...settled, ...dropped])]
      if (report !== undefined) {
        await updateTrial(writer, report.trialId, { reported: report.value })
        touched.push(report.trialId)
      }
      await updateRun(writer, run.id, { state, seconds, error, finishedAt, end })
      await addJournal(writer, run.id, error === null ? 'info' : 'error', message)
      return true
    })
    if (!isStored) return false
    this.options.updates.touch(run.id, touched)
    if (error?.code === 'dataset-damaged') await dropCheckpointsOf(store, run.id)
    if (isOver) {
      for (const id of touched)
        await rm(checkpointFolder(store.folders.checkpoints, id), { recursive: true, force: true })
    }
    return true
  }
}
