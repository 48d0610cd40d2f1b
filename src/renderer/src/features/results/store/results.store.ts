// What of a run's trials is looked at: filters, ticked rows, shown columns. The filters drive table and charts alike.
import { useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { useNavigationStore } from '@/stores/navigation.store'
import { useRunFeedStore } from '@/stores/run-feed.store'
import { standingOf, TRIAL_STANDINGS, type Trial, type TrialStanding } from '@shared/search/trial'
import { DEFAULT_HIDDEN, FIRST_OPTIONAL, withNewHidden } from '../columns'

/** As many as there are distinguishable series colours. */
export const MAX_TICKED = 6

export const useResultsStore = defineStore('results', () => {
  const navigation = useNavigationStore()
  const feed = useRunFeedStore()

  /** Empty shows every state. */
  const states = ref<ReadonlySet<TrialStanding>>(new Set())
  const isOnlyProposed = ref(false)
  const isOnlyFront = ref(false)
  const text = ref('')
  const ticked = ref<ReadonlySet<number>>(new Set())
  const hiddenColumns = useLocalStorage<string[]>('gptnas.results.hidden', [...DEFAULT_HIDDEN])
  /** What could be chosen among when the choice was stored. */
  const offered = useLocalStorage<string[]>('gptnas.results.optional', [...FIRST_OPTIONAL])
  hiddenColumns.value = withNewHidden(hiddenColumns.value, offered.value)
  offered.value = [...DEFAULT_HIDDEN]

  watch(
    () => navigation.runId,
    () => {
      states.value = new Set()
      isOnlyProposed.value = false
      isOnlyFront.value = false
      text.value = ''
      ticked.value = new Set()
    },
  )

  const counts = computed(() => {
    const byState = new Map<TrialStanding, number>(TRIAL_STANDINGS.map((state) => [state, 0]))
    for (const trial of feed.trials) byState.set(standingOf(trial), (byState.get(standingOf(trial)) ?? 0) + 1)
    return byState
  })
  const proposedCount = computed(() => feed.trials.filter(isProposed).length)
  const shown = computed(() => {
    const query = text.value.trim().toLowerCase()
    const front = new Set(feed.frontIds)
    return feed.trials.filter(
      (trial) =>
        (states.value.size === 0 || states.value.has(standingOf(trial))) &&
        (!isOnlyProposed.value || isProposed(trial)) &&
        (!isOnlyFront.value || front.has(trial.id)) &&
        (query === '' || matches(trial, query)),
    )
  })
  /** What curves are drawn for: the ticked rows, else the open trial, else the best one; never what a filter leaves out. */
  const compared = computed<readonly Trial[]>(() => {
    const ids = ticked.value.size > 0 ? [...ticked.value] : [navigation.trialId ?? feed.bestTrialId]
    const isShown = new Set(shown.value.map(({ id }) => id))
    return ids.flatMap((id) => (id !== null && isShown.has(id) ? (feed.trial(id) ?? []) : []))
  })
  /** Ticked rows that a filter leaves out. */
  const tickedHidden = computed(() => (ticked.value.size > 0 ? ticked.value.size - compared.value.length : 0))

  const toggled = <T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> => {
    const next = new Set(set)
    if (!next.delete(item)) next.add(item)
    return next
  }
  const toggleState = (state: TrialStanding): void => void (states.value = toggled(states.value, state))
  /** Ticks or unticks a row; false when there are no more colours to give. */
  function toggleTick(id: number): boolean {
    const next = toggled(ticked.value, id)
    if (next.size > MAX_TICKED) return false
    ticked.value = next
    return true
  }
  function toggleColumn(id: string): void {
    hiddenColumns.value = hiddenColumns.value.includes(id)
      ? hiddenColumns.value.filter((other) => other !== id)
      : [...hiddenColumns.value, id]
  }
  const clearTicks = (): void => void (ticked.value = new Set())

  return {
    states,
    isOnlyProposed,
    isOnlyFront,
    text,
    ticked,
    hiddenColumns,
    counts,
    proposedCount,
    shown,
    compared,
    tickedHidden,
    toggleState,
    toggleTick,
    toggleColumn,
    clearTicks,
  }
})

/** True where the proposer replaced at least one block. */
const isProposed = (trial: Trial): boolean => trial.origin.reconstructed.length > 0

function matches(trial: Trial, query: string): boolean {
  return (
    String(trial.number) === query.replace(/^#/, '') ||
    trial.architectureHash.startsWith(query) ||
    JSON.stringify(trial.genotype).toLowerCase().includes(query)
  )
}
