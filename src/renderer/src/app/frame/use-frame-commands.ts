// Actions that exist in every view, and the window's ears for the keys of all registered commands.
import { onScopeDispose, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { tinykeys } from 'tinykeys'
import { focusNextPane } from './use-pane-focus'
import { useExchangePlaces } from '@/stores/use-exchange-places'
import { useCommands, useCommandsStore } from '@/stores/commands.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { usePreferencesStore } from '@/stores/preferences.store'
import { VIEWS } from '../views'

/** What takes single keys itself: text, and lists that jump to what is typed. */
const TAKES_KEYS =
  'input:not([type="checkbox"]), textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="listbox"]:not([data-nodes]), [role="combobox"]'

/** Keys without Ctrl, Alt or Meta are for whoever is being typed into first. */
function isTypedElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || /^F\d+$/.test(event.key)) return false
  const target = event.target instanceof HTMLElement ? event.target : null
  return target?.closest(TAKES_KEYS) != null
}

/** Registers the frame's commands and listens for every command's key while the calling component lives. */
export function useFrameCommands(): void {
  const { t } = useI18n()
  const store = useCommandsStore()
  const navigation = useNavigationStore()
  const preferences = usePreferencesStore()
  const { importNetwork, proveExport } = useExchangePlaces()
  useCommands(() => [
    ...VIEWS.map(({ name }, index) => ({
      id: `go-${name}`,
      title: t('commands.open', { view: t(`views.${name}`) }),
      group: t('commands.go'),
      keys: `Digit${index + 1}`,
      run: () => navigation.open(name),
    })),
    {
      id: 'palette',
      title: t('commands.palette'),
      group: t('commands.window'),
      keys: '$mod+KeyK',
      run: () => store.openPalette('all'),
    },
    {
      id: 'actions',
      title: t('commands.actions'),
      group: t('commands.window'),
      keys: '$mod+Shift+KeyP',
      run: () => store.openPalette('actions'),
    },
    {
      id: 'keys',
      title: t('commands.keys'),
      group: t('commands.window'),
      keys: '?',
      run: () => (store.isKeySheetOpen = true),
    },
    {
      id: 'import-network',
      title: t('commands.importNetwork'),
      group: t('commands.window'),
      run: () => void importNetwork(),
    },
    {
      id: 'prove-export',
      title: t('commands.proveExport'),
      group: t('commands.window'),
      run: () => void proveExport(),
    },
    {
      id: 'next-pane',
      title: t('commands.nextPane'),
      group: t('commands.window'),
      keys: 'F6',
      run: () => focusNextPane(false),
    },
    {
      id: 'previous-pane',
      title: t('commands.previousPane'),
      group: t('commands.window'),
      keys: 'Shift+F6',
      run: () => focusNextPane(true),
    },
    {
      id: 'settings',
      title: t('commands.settings'),
      group: t('commands.window'),
      keys: '$mod+Comma',
      run: () => navigation.open('settings'),
    },
    {
      id: 'first-steps',
      title: t('firstSteps.title'),
      group: t('commands.window'),
      run: () => (preferences.firstSteps = 'open'),
    },
    {
      id: 'theme',
      title: preferences.isDark ? t('frame.toLight') : t('frame.toDark'),
      group: t('commands.window'),
      run: () => (preferences.theme = preferences.isDark ? 'light' : 'dark'),
    },
    {
      id: 'reset-panes',
      title: t('commands.resetPanes'),
      group: t('commands.window'),
      run: () => preferences.forgetPanes(),
    },
  ])

  let stop: (() => void) | null = null
  watch(
    () => store.commands,
    (commands) => {
      stop?.()
      const bindings: Record<string, (event: KeyboardEvent) => void> = {}
      for (const command of commands) {
        if (command.keys === undefined) continue
        const handle = (event: KeyboardEvent): void => {
          if (isTypedElsewhere(event) || command.isEnabled?.() === false || command.takesKeys?.() === false) return
          event.preventDefault()
          command.run()
        }
        for (const keys of [command.keys, ...(command.otherKeys ?? [])]) bindings[keys] = handle
        // "?" is a shifted key on most layouts, an unshifted one on some.
        if (command.keys === '?') bindings['Shift+?'] = handle
      }
      stop = tinykeys(window, bindings)
    },
    { immediate: true },
  )
  onScopeDispose(() => stop?.())
}
