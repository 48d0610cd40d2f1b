// Everything that happens inside the selected run: its trials, what trains right now, its journal.
// One stream for all views; trials are kept by id and replaced whole, so 10,000 of them stay cheap to update.
import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef, watch } from 'vue'
import { useEngine } from '@/api/keys'
import { useStream } from '@/api/use-stream'
import { useNavigationStore } from './navigation.store'
import { useRunsStore } from './runs.store'
import type { Activity, JournalEntry, RunUpdate } from '@shared/contract/searches'
import type { FitnessReading } from '@shared/evaluators/evaluator'
import { fitnessReading } from '@shared/evaluators/registry'
import { trainingEvaluator } from '@shared/evaluators/training'
import type { Objective } from '@shared/objectives/schema'
import type { Run } from '@shared/search/run'
import type { Trial } from '@shared/search/trial'

/** Lines of the journal kept in the window; the workspace keeps all. */
const JOURNAL_LINES = 500

/** Before there is a run. */
const ACCURACY: FitnessReading = trainingEvaluator.reading({})

export const useRunFeedStore = defineStore('run-feed', () => {
  const { client } = useEngine()
  const navigation = useNavigationStore()
  const runs = useRunsStore()

  const streamed = shallowRef<Run | null>(null)
  const phase = shallowRef<RunUpdate['phase']>('idle')
  const preparing = shallowRef<RunUpdate['preparing']>(null)
  const activities = shallowRef<readonly Activity[]>([])
  const trialsById = shallowRef(new Map<number, Trial>())
  const journal = shallowRef<readonly JournalEntry[]>([])

  function clear(): void {
    streamed.value = null
    phase.value = 'idle'
    preparing.value = null
    activities.value = []
    trialsById.value = new Map()
    journal.value = []
  }

  /** Takes an update; the first of a stream is the whole state and replaces what was known. */
  function apply(update: RunUpdate, isFirst: boolean): void {
    if (isFirst) {
      trialsById.value = new Map(update.changedTrials.map((trial) => [trial.id, trial]))
      journal.value = update.journal.slice(-JOURNAL_LINES)
    } else {
      for (const trial of update.changedTrials) trialsById.value.set(trial.id, trial)
      if (update.changedTrials.length > 0) triggerRef(trialsById)
      if (update.journal.length > 0) journal.value = [...journal.value, ...update.journal].slice(-JOURNAL_LINES)
    }
    streamed.value = update.run
    phase.value = update.phase
    preparing.value = update.preparing
    activities.value = update.activities
  }

  const stream = useStream(
    () => navigation.runId,
    (id, signal) => client.searches.watch({ id }, { signal }),
    apply,
  )
  watch(() => navigation.runId, clear)

  const listed = computed(() => runs.byId(navigation.runId))
  /** The stream's word while it flows; afterwards the list's, which still hears of a new name or a resumption. */
  const run = computed(() =>
    stream.state.value === 'open' ? (streamed.value ?? listed.value) : (listed.value ?? streamed.value),
  )
  watch(
    () => listed.value?.state,
    (state) => {
      if (state === 'running' && stream.state.value === 'ended') stream.reopen()
    },
  )

  /** In the order they were proposed. */
  const trials = computed<readonly Trial[]>(() => [...trialsById.value.values()].sort((a, b) => a.number - b.number))
  /** Apart from `run`, which changes ten times a second: what draws 10,000 points must not depend on that. */
  const bestTrialId = computed(() => run.value?.bestTrialId ?? null)
  const best = computed(() => trial(bestTrialId.value))
  const trial = (id: number | null): Trial | null => (id === null ? null : (trialsById.value.get(id) ?? null))

  /** Of its definition; as text, so that it is the same object while nothing of it changes. */
  const objectiveText = computed(() => JSON.stringify(run.value?.definition.objective ?? { kind: 'fitness' }))
  const objective = computed(() => JSON.parse(objectiveText.value) as Objective)
  /** Trials of its front, best fitness first; empty under one figure. */
  const frontText = computed(() => JSON.stringify(run.value?.front?.trialIds ?? []))
  const frontIds = computed(() => JSON.parse(frontText.value) as readonly number[])

  /** How the fitness of its trials reads; the same object while it is the same, for what draws 10,000 points by it. */
  const reading = computed<FitnessReading>((before) => {
    const next = run.value ? fitnessReading(run.value.definition) : ACCURACY
    return before?.name === next.name && before.unit === next.unit ? before : next
  })

  return {
    run,
    reading,
    objective,
    frontIds,
    phase,
    preparing,
    activities,
    trials,
    trial,
    best,
    bestTrialId,
    journal,
    state: stream.state,
    error: stream.error,
    reopen: stream.reopen,
  }
})
