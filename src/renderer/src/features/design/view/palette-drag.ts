// The data type under which a palette item is dragged; its data is the item's key.
export const PALETTE_DRAG_TYPE = 'application/x-gptnas-palette'
