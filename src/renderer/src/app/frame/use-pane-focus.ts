// F6 and Shift+F6: from pane to pane, in reading order, round and round.

/** Moves the focus to the next (or previous) pane of the window; a pane remembers nothing, its content decides what follows. */
export function focusNextPane(backwards: boolean): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) => pane.offsetParent !== null)
  if (panes.length === 0) return
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  const next = at === -1 ? 0 : (at + (backwards ? -1 : 1) + panes.length) % panes.length
  panes[next]?.focus()
}
