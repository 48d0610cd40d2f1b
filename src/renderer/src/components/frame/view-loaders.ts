// Where the code of each view comes from, and fetching all of it while the window has nothing else to do: the first click on
// a view should not wait for megabytes of charts or canvas to be compiled.
import type { Component } from 'vue'
import type { ViewName } from '@/stores/navigation.store'

type Loader = () => Promise<{ default: Component }>

// Found by pattern, so that a build without the editor's folder still opens every other view.
const [loadDesign] = Object.values(import.meta.glob<{ default: Component }>('../../features/design/DesignView.vue'))

export const VIEW_LOADERS: Readonly<Record<ViewName, Loader>> = {
  design: loadDesign ?? (() => import('./MissingView.vue')),
  data: () => import('@/features/datasets/DataView.vue'),
  search: () => import('@/features/search/SearchView.vue'),
  results: () => import('@/features/results/ResultsView.vue'),
  proposer: () => import('@/features/proposer/ProposerView.vue'),
  runtime: () => import('@/features/runtime/RuntimeView.vue'),
  settings: () => import('@/features/settings/SettingsView.vue'),
}

/** What views load late themselves. */
const PARTS: readonly (() => Promise<unknown>)[] = [() => import('@/components/charts/EChart.vue')]

/** On a machine whose cores all train an idle moment may never come; then it is taken after this long. */
const IDLE_LIMIT_MS = 2000

/** Loads the code of one view after the other, each in an idle moment. A failure is told when the view is opened. */
export function loadSoon(): void {
  const waiting = [...Object.values(VIEW_LOADERS), ...PARTS]
  const next = (): void => {
    const load = waiting.shift()
    if (!load) return
    load().then(wait, wait)
  }
  const wait = (): void => void requestIdleCallback(next, { timeout: IDLE_LIMIT_MS })
  // Absent in tests, which load what they open.
  if ('requestIdleCallback' in window) wait()
}
