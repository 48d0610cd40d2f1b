// F6 and Shift+F6: from pane to pane, in reading order, round and round.

/** Panes on show that hold no other panes: a pane around others is not a place to be in. */
function panesOnShow(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter(
    (pane) => pane.querySelector('[data-pane]') === null && pane.closest('[inert], [hidden]') === null,
  )
}

/**
 * Moves the focus to the next (or previous) pane of the view on show: to the part of it marked `data-pane-start` (a canvas, an
 * outline, a table, which know what was current in them), else to the pane itself.
 */
export function focusNextPane(backwards: boolean): void {
  const panes = panesOnShow()
  if (panes.length === 0) return
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  const next = at === -1 ? 0 : (at + (backwards ? -1 : 1) + panes.length) % panes.length
  const pane = panes[next]
  ;(pane?.querySelector<HTMLElement>('[data-pane-start]') ?? pane)?.focus()
}
