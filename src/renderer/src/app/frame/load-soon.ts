// Fetches the code of all views while the window has nothing else to do: the first click on a view should not wait for megabytes
// of charts or canvas to be compiled.
import { VIEWS } from '../views'

/** What views load late themselves. */
const PARTS: readonly (() => Promise<unknown>)[] = [() => import('@/components/charts/EChart.vue')]

/** On a machine whose cores all train an idle moment may never come; then it is taken after this long. */
const IDLE_LIMIT_MS = 2000

/** Loads the code of one view after the other, each in an idle moment. A failure is told when the view is opened. */
export function loadSoon(): void {
  const waiting = [...VIEWS.map(({ load }) => load), ...PARTS]
  const next = (): void => {
    const load = waiting.shift()
    if (!load) return
    load().then(wait, wait)
  }
  const wait = (): void => void requestIdleCallback(next, { timeout: IDLE_LIMIT_MS })
  // Absent in tests, which load what they open.
  if ('requestIdleCallback' in window) wait()
}
