// The views of the window, in the order of the rail and of the keys 1 to 7: rail, keys, palette and view stack all derive from
// this table. A view's name and title are its entry in locales/en.ts.
import { ChartScatter, Cpu, Database, FlaskConical, Settings, Shapes, Sparkles } from '@lucide/vue'
import type { Component } from 'vue'
import type { ViewName } from '@/locales/en'

export interface View {
  readonly name: ViewName
  readonly icon: Component
  /** Fetches its code: when it is first opened, or in an idle moment before. */
  readonly load: () => Promise<{ default: Component }>
  /** At the end of the rail, apart from the others. */
  readonly isApart?: true
}

type Entry = Omit<View, 'name'>

const TABLE: Readonly<Record<ViewName, Entry>> = {
  design: { icon: Shapes, load: () => import('@/features/design/DesignView.vue') },
  data: { icon: Database, load: () => import('@/features/datasets/DataView.vue') },
  search: { icon: FlaskConical, load: () => import('@/features/search/SearchView.vue') },
  results: { icon: ChartScatter, load: () => import('@/features/results/ResultsView.vue') },
  proposer: { icon: Sparkles, load: () => import('@/features/proposer/ProposerView.vue') },
  runtime: { icon: Cpu, load: () => import('@/features/runtime/RuntimeView.vue') },
  settings: { icon: Settings, load: () => import('@/features/settings/SettingsView.vue'), isApart: true },
}

export const VIEWS: readonly View[] = (Object.entries(TABLE) as [ViewName, Entry][]).map(([name, entry]) => ({
  name,
  ...entry,
}))
