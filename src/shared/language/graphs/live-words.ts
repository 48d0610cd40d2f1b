// Which choices can matter at all: one that nothing arrives at, or behind which nothing goes on to the output, computes nothing, whatever it
// is. Canonical graphs leave it out (wiring.ts); here it stays in its place as `none`, for whoever compares position by position.
import { readWord } from './operation'
import { endsOf, type Wiring } from './wiring'

const DEAD = 'none'

/**
 * @param words one choice for each position, in order
 * @returns the same, `none` wherever no way from the input to the output passes; of wirings other than edges as they are: their choices
 * have no place of their own that could be cut off
 */
export function liveWords(wiring: Wiring, words: readonly string[]): readonly string[] {
  if (wiring.kind !== 'edges') return words
  const { edges } = wiring
  const isOpen = words.map((word) => readWord(word) !== 'none')
  const { first, last } = endsOf(edges)
  const reached = new Set([first])
  const reaching = new Set([last])
  // Edges go from lower to higher vertices: each is met once all that lead to it are known.
  const order = edges.map((_, position) => position).sort((a, b) => edges[a]!.from - edges[b]!.from)
  for (const position of order) {
    const { from, to } = edges[position]!
    if (isOpen[position] === true && reached.has(from)) reached.add(to)
  }
  for (const position of order.sort((a, b) => edges[b]!.to - edges[a]!.to)) {
    const { from, to } = edges[position]!
    if (isOpen[position] === true && reaching.has(to)) reaching.add(from)
  }
  return words.map((word, position) => {
    const { from, to } = edges[position]!
    return isOpen[position] === true && reached.has(from) && reaching.has(to) ? word : DEAD
  })
}
