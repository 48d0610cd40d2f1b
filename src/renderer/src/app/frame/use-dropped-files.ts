// Files and folders dropped on the window: an architecture, an export or its folder opens as a design, a network of another program in the
// dialog of imports. The preload script accepts them, main reads them (src/main/dropped-file.ts).
import { onUnmounted } from 'vue'
import { valueOf } from '@/api/host'
import { useHost } from '@/api/keys'
import { useExchangeStore } from '@/stores/exchange.store'
import { useNavigationStore } from '@/stores/navigation.store'
import type { Dropped, HostOutcome } from '@shared/contract/window'

/** Call once, in the frame. */
export function useDroppedFiles(): void {
  const navigation = useNavigationStore()
  const exchange = useExchangeStore()

  function open(dropped: HostOutcome<Dropped>): void {
    if ('value' in dropped && dropped.value.text === null) {
      exchange.open({ kind: 'import', path: dropped.value.path })
      return
    }
    // The editor, which may still be loading, waits for the text and tells what went wrong.
    const text = Promise.resolve(dropped).then((outcome) => valueOf(outcome).text ?? '')
    text.catch(() => undefined)
    navigation.openInEditor({ text })
  }

  onUnmounted(useHost().onDropped(open))
}
