// Colours and type of charts, read from the design tokens so that a chart follows the theme.
import { computed, type ComputedRef } from 'vue'
import { usePreferencesStore } from '@/stores/preferences.store'

export interface ChartTheme {
  /** Okabe-Ito, in a fixed order: the n-th chosen trial has the n-th colour in every chart. */
  readonly series: readonly string[]
  readonly text: string
  readonly faint: string
  readonly grid: string
  readonly surface: string
  readonly accent: string
  readonly failed: string
  readonly font: string
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

/** The theme of the moment; computed again when light turns to dark. */
export function useChartTheme(): ComputedRef<ChartTheme> {
  const preferences = usePreferencesStore()
  return computed(() => {
    // Read so that the tokens are looked up again after the theme attribute has changed.
    document.documentElement.dataset.theme = preferences.isDark ? 'dark' : 'light'
    return {
      series: [1, 2, 3, 4, 5, 6].map((index) => token(`--chart-${index}`)),
      text: token('--text-muted'),
      faint: token('--text-faint'),
      grid: token('--chart-grid'),
      surface: token('--surface-raised'),
      accent: token('--accent'),
      failed: token('--failed'),
      font: token('--font-text'),
    }
  })
}
