// The definition being written: kept as typed, checked by the schema at once and by the engine a moment later.
// Switching between Simple and Expert, views or runs never loses a value; it survives a restart of the window.
import { useDebounceFn, useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, toRaw, watch } from 'vue'
import { useEngine } from '@/api/keys'
import { useTask } from '@/api/use-task'
import { useDatasetsStore } from './datasets.store'
import { settingProblems, type SettingProblem } from './setting-problems'
import { evaluatorOf } from '@shared/evaluators/registry'
import { upgradeDefinition } from '@shared/search/old-definitions'
import { PRESETS, finalTrainingTime, type Preset } from '@shared/search/presets'
import { FIRST_LIGHT } from '@shared/search/samples'
import { runDefinitionSchema, type RunDefinition } from '@shared/search/run'
import type { RunForecast } from '@shared/search/run-forecast'

type Draft = Record<string, unknown>

/** Long enough to type a second digit, short enough to feel live. */
const CHECK_DELAY_MS = 250

const copy = (definition: RunDefinition): Draft => JSON.parse(JSON.stringify(toRaw(definition))) as Draft

export const useDefinitionStore = defineStore('definition', () => {
  const { client, generation } = useEngine()
  const datasets = useDatasetsStore()
  const draft = useLocalStorage<Draft>('gptnas.definition', copy(FIRST_LIGHT.definition))
  // What an older version of the window kept.
  draft.value = upgradeDefinition(draft.value) as Draft

  /** Which page of the left pane is on show; here, because the view itself does not outlive a change of views. */
  const page = ref<'definition' | 'runs'>('definition')

  const parsed = computed(() => runDefinitionSchema.safeParse(draft.value))
  const definition = computed<RunDefinition | null>(() => (parsed.value.success ? parsed.value.data : null))
  const problems = computed<ReadonlyMap<string, SettingProblem>>(() => {
    if (!parsed.value.success) return settingProblems(parsed.value.error.issues)
    const { space } = parsed.value.data
    return space.kind === 'block-chain' && space.minBlocks > space.maxBlocks
      ? new Map([['space.maxBlocks', { key: 'order' as const, limit: space.minBlocks }]])
      : new Map()
  })

  function value(path: string): unknown {
    let node: unknown = draft.value
    for (const key of path.split('.'))
      node = typeof node === 'object' && node !== null ? (node as Draft)[key] : undefined
    return node
  }
  function set(path: string, next: unknown): void {
    const root = { ...draft.value }
    const keys = path.split('.')
    let node = root
    for (const key of keys.slice(0, -1)) {
      const child = { ...(node[key] as Draft | undefined) }
      node[key] = child
      node = child
    }
    node[keys.at(-1) ?? path] = next
    draft.value = root
  }
  /** The published experiment that the settings were taken from; changes to them leave it. */
  const presetId = useLocalStorage('gptnas.preset', '')
  const preset = computed(() => PRESETS.find(({ id }) => id === presetId.value) ?? null)
  /** Replaces all settings, by a sample's or an earlier run's. */
  function load(from: RunDefinition): void {
    draft.value = copy(from)
    presetId.value = ''
  }
  function loadPreset({ id, definition: from }: Preset): void {
    load(from)
    presetId.value = id
  }

  const check = useTask(async (current: RunDefinition) => client.searches.check({ definition: current }))
  const forecasting = useTask(async (current: RunDefinition): Promise<RunForecast | null> => {
    let last: RunForecast | null = null
    // As starting does: what a person asks for brings what it needs.
    if (evaluatorOf(current).needsData) await datasets.need(current.data.dataset)
    for await (const { result } of await client.searches.forecast({ definition: current })) last = result ?? last
    return last
  })
  /** The settings that a forecast was asked for, as text: of others it says nothing. */
  const forecastSettings = ref('')
  const settingsNow = computed(() => JSON.stringify(definition.value))
  const isOfThese = computed(() => forecastSettings.value === settingsNow.value)
  function askForecast(): void {
    if (definition.value === null) return
    forecastSettings.value = settingsNow.value
    void forecasting.run(definition.value)
  }
  const checkSoon = useDebounceFn(() => {
    if (definition.value !== null && problems.value.size === 0) void check.run(definition.value)
  }, CHECK_DELAY_MS)
  onScopeDispose(watch([draft, generation], () => void checkSoon(), { deep: true, immediate: true }))

  const forecast = computed(() =>
    isOfThese.value && !forecasting.isBusy.value ? (forecasting.result.value ?? null) : null,
  )
  /** How the preset's best network is trained after the search, and how long that would take where a forecast says it. */
  const finalTraining = computed(() => {
    if (preset.value === null || definition.value === null) return null
    const { epochs } = definition.value.recipe
    const training = forecast.value?.training ?? null
    return {
      recipe: preset.value.finalRecipe,
      time: training === null ? null : finalTrainingTime(preset.value, epochs, training),
    }
  })

  const canStart = computed(
    () => definition.value !== null && problems.value.size === 0 && (check.result.value?.problems.length ?? 0) === 0,
  )

  return {
    draft,
    page,
    definition,
    problems,
    value,
    set,
    load,
    loadPreset,
    canStart,
    checked: check.result,
    isChecking: check.isBusy,
    checkError: check.error,
    forecast,
    finalTraining,
    forecastError: computed(() => (isOfThese.value ? forecasting.error.value : null)),
    isForecasting: forecasting.isBusy,
    askForecast,
  }
})
