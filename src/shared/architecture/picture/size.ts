// Sizes of nodes on the canvas in CSS pixels at zoom 1, shared by cards, hit areas, layout and minimap.

const NODE_WIDTH = 188
/** With the gap between two layers it makes the 72 pixels that edits of the document use as a row. */
export const NODE_HEIGHT = 48
export const LAYER_GAP = 24
export const SIDE_GAP = 28
/** Input and output. */
const TERMINAL_WIDTH = 160
const TERMINAL_HEIGHT = 30

export interface Size {
  readonly width: number
  readonly height: number
}
export function sizeOf(type: 'input' | 'output' | 'layer' | 'block'): Size {
  return type === 'input' || type === 'output'
    ? { width: TERMINAL_WIDTH, height: TERMINAL_HEIGHT }
    : { width: NODE_WIDTH, height: NODE_HEIGHT }
}
