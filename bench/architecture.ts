// What the editor waits for on every keystroke: shapes, cost and checks of networks of about 300 layers, layer by layer and
// as a chain of blocks, each from a document never seen before; and one canonical hash.
import { BUILT_IN_BLOCKS } from '../src/shared/architecture/blocks'
import { canonicalHash } from '../src/shared/architecture/canonical'
import { inspectDocument } from '../src/shared/architecture/checks'
import { graphDocument } from '../src/shared/architecture/document'
import { zooDocument } from '../src/shared/architecture/document/zoo-document'
import { zooNetwork } from '../src/shared/architecture/zoo'
import { atMost, median, runBench } from './harness'

/** 345 layers once spelled out: the zoo network nearest above 300. */
const NETWORK = 'resnet101'

function timed(repeats: number, act: () => unknown): { medianMs: number; fastestMs: number } {
  const times = Array.from({ length: repeats }, () => {
    const start = performance.now()
    act()
    return performance.now() - start
  })
  return { medianMs: median(times), fastestMs: Math.min(...times) }
}

void runBench('Shapes, cost and checks of a document', ({ quick }) => {
  const repeats = quick ? 100 : 500
  const { graph } = zooNetwork(NETWORK)
  const layers = graphDocument({ name: NETWORK, classes: 1000, graph })
  const blocks = zooDocument(NETWORK)
  // A copy is a new document: nothing that was remembered for the last one helps.
  const byLayer = timed(repeats, () => inspectDocument({ ...layers }, BUILT_IN_BLOCKS))
  const byBlock = timed(repeats, () => inspectDocument({ ...blocks }, BUILT_IN_BLOCKS))
  const hash = timed(repeats, () => canonicalHash(graph))
  return Promise.resolve({
    results: { network: NETWORK, layers: graph.nodes.length, byLayer, byBlock, hash },
    checks: [
      atMost('inspect, layer by layer: median ms', byLayer.medianMs, 5),
      atMost('inspect, as blocks: median ms', byBlock.medianMs, 5),
    ],
  })
})
