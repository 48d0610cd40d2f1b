// What the user prefers about the window itself, kept in its local storage: theme, density, detail, pane sizes.
// Facts about work (runs, designs, data) belong to the workspace, never here.
import { useLocalStorage, usePreferredDark } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, watchEffect } from 'vue'

export type ThemeChoice = 'system' | 'light' | 'dark'
export type Density = 'comfortable' | 'compact'
export type Detail = 'simple' | 'expert'

export const usePreferencesStore = defineStore('preferences', () => {
  const theme = useLocalStorage<ThemeChoice>('gptnas.theme', 'system')
  const density = useLocalStorage<Density>('gptnas.density', 'comfortable')
  /** Simple shows the few settings that matter first; switching never loses values. */
  const detail = useLocalStorage<Detail>('gptnas.detail', 'simple')
  const language = useLocalStorage<string>('gptnas.language', 'en')
  /** Sizes in percent of each split view, by its name. */
  const paneSizes = useLocalStorage<Record<string, number[]>>('gptnas.panes', {})

  /** Keys of notices about the program that were dismissed. */
  const readNotices = useLocalStorage<string[]>('gptnas.notices', [])

  /** Whether the first steps are on show; begun again from the palette. */
  const firstSteps = useLocalStorage<'open' | 'done'>('gptnas.first-steps', 'open')

  const systemIsDark = usePreferredDark()
  const isDark = computed(() => theme.value === 'dark' || (theme.value === 'system' && systemIsDark.value))

  watchEffect(() => {
    document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light'
    document.documentElement.dataset.density = density.value
  })

  function rememberPanes(name: string, sizes: readonly number[]): void {
    paneSizes.value = { ...paneSizes.value, [name]: [...sizes] }
  }
  function forgetPanes(): void {
    paneSizes.value = {}
  }

  function markRead(notice: string): void {
    readNotices.value = [...readNotices.value, notice]
  }

  return {
    theme,
    density,
    detail,
    language,
    isDark,
    paneSizes,
    rememberPanes,
    forgetPanes,
    readNotices,
    firstSteps,
    markRead,
  }
})
