// Files and folders dropped on the window: an architecture, an export or its folder opens as a design, a network of another program in the
// dialog of imports. Main reads them (src/main/dropped-file.ts). Without this the page itself would be left for the file.
import { onMounted, onUnmounted } from 'vue'
import { valueOf } from '@/api/host'
import { useHost } from '@/api/keys'
import { useExchangeStore } from '@/stores/exchange.store'
import { useNavigationStore } from '@/stores/navigation.store'
import type { Dropped, HostOutcome } from '@shared/contract/window'

function accept(event: DragEvent): void {
  if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault()
}

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

  const stop = useHost().onDropped(open)
  onMounted(() => {
    window.addEventListener('dragover', accept)
    window.addEventListener('drop', accept)
  })
  onUnmounted(() => {
    stop()
    window.removeEventListener('dragover', accept)
    window.removeEventListener('drop', accept)
  })
}
