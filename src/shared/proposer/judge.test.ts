// What a judge says of a graph is a function of the graph alone: whoever asks in portions, to let others have their turn, proposes alike.
import { expect, it } from 'vitest'
import type { OperationGraph } from '../language/graphs/operation-graph'
import { createRandom } from '../random'
import { createEdgeSpace } from '../spaces/nas-bench-201/space'
import { createJudge } from './judge'
import { RelationalGpt } from './relational-gpt'

it('judges a graph alike, to the last bit, whatever it is asked beside it', () => {
  const space = createEdgeSpace()
  const random = createRandom(5)
  const graphs = Array.from({ length: 150 }, () => space.features?.(space.random(random)).graph).filter(
    (graph): graph is OperationGraph => graph !== undefined,
  )
  const members = [1, 2].map((seed) => RelationalGpt.draw(createRandom(seed)))
  const together = createJudge(members).judge(graphs)
  expect(new Set(together.map((row) => row.join(' '))).size).toBeGreaterThan(50)
  const portions = createJudge(members)
  const apart = [7, 40, 150].flatMap((end, i, ends) => portions.judge(graphs.slice(ends[i - 1] ?? 0, end)))
  expect(apart).toEqual(together)
})
