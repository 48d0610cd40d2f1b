// Whether the keyboard belongs to a text field right now: keys of the editor must leave it alone then.

/** True while a field for text has the focus; number fields of the inspector count, ticks and switches do not. */
export function isTyping(): boolean {
  const active = document.activeElement
  return active?.closest('input:not([type="checkbox"]), textarea, [contenteditable="true"]') != null
}

/**
 * True while keys like Delete can only mean what is selected on the canvas: the canvas or the outline has the focus, or nothing has.
 * A list, a menu, a button or a switch that has it keeps them from the design.
 */
export function isForSelection(): boolean {
  const active = document.activeElement
  const isNowhere = active === null || active === document.body || active.hasAttribute('data-pane')
  return isNowhere || isOnNodes()
}

/** True while the field with the focus keeps an undo of its own: a search box. Fields of a document undo the document. */
export function hasOwnUndo(): boolean {
  return isTyping() && document.activeElement?.closest('[data-document-fields]') == null
}

/** True while the canvas or the outline has the focus: single keys mean nodes there. */
export function isOnNodes(): boolean {
  return document.activeElement?.closest('[data-nodes]') != null && !isTyping()
}
