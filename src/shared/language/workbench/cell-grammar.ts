// Which tokens may follow a prefix so that the sentence can still end as a cell inside NAS-Bench-101: every vertex reads
// something, connections are named in rising order, and nine edges always suffice for what is still open.
import { MAX_EDGES, MAX_VERTICES } from '../../spaces/nas-bench-101/cell'
import { FROM_IDS, OPERATION_IDS, OUTPUT } from './cell-codec'
import type { Grammar } from './grammar'
import { END } from './vocabulary'

export const cellGrammar: Grammar = {
  allowedNext(body) {
    let vertex = 0
    let edges = 0
    let lastFrom = -1
    let isOutput = false
    for (const token of body) {
      const from = FROM_IDS.indexOf(token)
      if (from >= 0) {
        edges++
        lastFrom = from
      } else {
        vertex++
        lastFrom = -1
        isOutput = token === OUTPUT
      }
    }
    const allowed: number[] = []
    // While the output is to come, one edge is kept for it.
    const isEdgeLeft = vertex > 0 && edges + (isOutput ? 1 : 2) <= MAX_EDGES
    if (isEdgeLeft) for (let from = lastFrom + 1; from < vertex; from++) allowed.push(FROM_IDS[from]!)
    const isFed = vertex === 0 || lastFrom >= 0
    if (isFed && isOutput) allowed.push(END)
    if (isFed && !isOutput) {
      if (edges + 2 <= MAX_EDGES && vertex < MAX_VERTICES - 2) allowed.push(...OPERATION_IDS)
      allowed.push(OUTPUT)
    }
    return allowed
  },
}
