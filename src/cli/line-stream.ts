// Many lines to standard output: in large pieces, at the reader's pace, and without an error when the reader has enough.
import type { Writable } from 'node:stream'

/** Large enough that a write costs nothing beside making the lines, small enough to keep memory flat. */
const PIECE = 1 << 16

/**
 * @returns lines written; fewer than there are when the reader closed the pipe (`| head`)
 * @throws whatever else ends the stream, a full disk for example
 */
export async function writeLines(stream: Writable, lines: Iterable<string>): Promise<number> {
  let failure: Error | undefined
  let isClosed = false
  let wake = (): void => undefined
  const onError = (error: NodeJS.ErrnoException): void => {
    isClosed = true
    if (error.code !== 'EPIPE') failure = error
    wake()
  }
  const onDrain = (): void => wake()
  const onClose = (): void => {
    isClosed = true
    wake()
  }
  // The listener for errors stays: a reader may still leave while the last piece is on its way.
  stream.on('error', onError).on('close', onClose).on('drain', onDrain)
  const write = async (piece: string): Promise<void> => {
    if (stream.write(piece) || isClosed) return
    await new Promise<void>((resolve) => (wake = resolve))
  }
  let piece = ''
  let count = 0
  for (const line of lines) {
    piece += `${line}\n`
    count++
    if (piece.length < PIECE) continue
    await write(piece)
    piece = ''
    if (isClosed) break
  }
  if (piece !== '') await write(piece)
  stream.off('close', onClose).off('drain', onDrain)
  if (failure !== undefined) throw failure
  return count
}
