// Every action of the window by name: the palette lists them, the key sheet shows their keys, the window listens for those.
// Views register theirs while they are shown.
import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'
import { useShown } from '@/lib/use-shown'

export interface Command {
  readonly id: string
  readonly title: string
  /** Heading in palette and key sheet. */
  readonly group: string
  /** In the notation of tinykeys, e.g. `$mod+Shift+KeyP`; shown by `keyLabel`. */
  readonly keys?: string
  /** Further keys for the same, in the same notation. */
  readonly otherKeys?: readonly string[]
  /** Further words by which it is found. */
  readonly words?: string
  readonly isEnabled?: () => boolean
  /** False while its keys mean something else to what has the focus; menus and the palette offer it all the same. */
  readonly takesKeys?: () => boolean
  readonly run: () => void
}

export const useCommandsStore = defineStore('commands', () => {
  const sets = shallowRef<readonly (() => readonly Command[])[]>([])
  const isPaletteOpen = shallowRef(false)
  const paletteMode = shallowRef<'all' | 'actions'>('all')
  const isKeySheetOpen = shallowRef(false)

  const commands = computed(() => sets.value.flatMap((set) => set()))

  /** Adds a set of commands (a function, so that titles follow the language); returns the function that takes it out. */
  function register(set: () => readonly Command[]): () => void {
    sets.value = [...sets.value, set]
    return () => (sets.value = sets.value.filter((other) => other !== set))
  }
  function openPalette(mode: 'all' | 'actions'): void {
    paletteMode.value = mode
    isPaletteOpen.value = true
  }

  return { commands, register, isPaletteOpen, paletteMode, openPalette, isKeySheetOpen }
})

/** Registers commands for as long as the calling component lives and its view is on show. */
export function useCommands(set: () => readonly Command[]): void {
  const isShown = useShown()
  onScopeDispose(useCommandsStore().register(() => (isShown.value ? set() : [])))
}

const WORDS: Readonly<Record<string, string>> = { $mod: 'Ctrl', Slash: '/', Comma: ',' }

/** A binding as people read it: `$mod+Shift+KeyP` becomes `Ctrl+Shift+P`. */
export function keyLabel(keys: string): string {
  return keys
    .split('+')
    .map((part) => WORDS[part] ?? part.replace(/^(Key|Digit)/, ''))
    .join('+')
}
