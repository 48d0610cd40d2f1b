// Work that need not be done before the next frame is painted: each piece in a task of its own, one a frame, in the order it
// came. So a click shows its effect first, and no two charts are built in one go.

interface Piece {
  readonly work: () => void
}
const waiting: Piece[] = []
let isScheduled = false

/** Does `work` once the coming frame, and what came before it, is done. @returns takes it back; later it does nothing */
export function afterPaint(work: () => void): () => void {
  const piece = { work }
  waiting.push(piece)
  schedule()
  return () => {
    const at = waiting.indexOf(piece)
    if (at >= 0) waiting.splice(at, 1)
  }
}

function schedule(): void {
  if (isScheduled || waiting.length === 0) return
  isScheduled = true
  // A frame's callbacks run before it is painted, a task that they start runs after.
  requestAnimationFrame(() => {
    setTimeout(() => {
      isScheduled = false
      const piece = waiting.shift()
      // Before the work, which may throw.
      schedule()
      piece?.work()
    })
  })
}
