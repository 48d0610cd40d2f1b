// Files and folders dropped on the window: accepted from the first moment, read by main, kept until the page listens. Here and not in the
// page: what a script of the page names was dropped by nobody. Knows nothing of Electron.
import type { Dropped, HostBridge, HostOutcome } from '@shared/contract/window'

type Listener = (dropped: HostOutcome<Dropped>) => void

/** What comes from another program's memory, not from a disk. */
const LIES_NOWHERE: HostOutcome<Dropped> = {
  failed: { code: 'not-found', message: 'What was dropped lies in no folder.', fix: 'Save it, then drop the file.' },
}

/** `placeOf`: where a file lies, '' if nowhere; `read`: main's answer for a place, which does not reject. */
export function listenForDrops(
  target: EventTarget,
  placeOf: (file: File) => string,
  read: (place: string) => Promise<HostOutcome<Dropped>>,
): HostBridge['onDropped'] {
  const listeners = new Set<Listener>()
  /** Dropped before anybody listened: a page that is still starting must not lose them. */
  const waiting: HostOutcome<Dropped>[] = []
  const tell: Listener = (dropped) => {
    if (listeners.size === 0) waiting.push(dropped)
    for (const listener of listeners) listener(dropped)
  }

  // Without this the page itself would be left for the file, or the drop would be no drop.
  const accept = (event: Event): void => {
    if ((event as DragEvent).dataTransfer?.types.includes('Files') === true) event.preventDefault()
  }
  const drop = (event: Event): void => {
    accept(event)
    const file = event.isTrusted ? (event as DragEvent).dataTransfer?.files[0] : undefined
    if (file === undefined) return
    const place = placeOf(file)
    if (place === '') tell(LIES_NOWHERE)
    else void read(place).then(tell)
  }
  target.addEventListener('dragover', accept, true)
  target.addEventListener('drop', drop, true)

  return (listener) => {
    listeners.add(listener)
    for (const dropped of waiting.splice(0)) listener(dropped)
    return () => listeners.delete(listener)
  }
}
