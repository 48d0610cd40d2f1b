// What the editor waits for on every keystroke: shapes, cost and checks of a network of more than 300 layers, from a document
// never seen before and after one edit of one that was open; and one canonical hash.
import { BUILT_IN_BLOCKS } from '../src/shared/architecture/blocks'
import { canonicalHash } from '../src/shared/architecture/canonical'
import { inspectDocument } from '../src/shared/architecture/checks'
import {
  addNode,
  applyDiff,
  graphDocument,
  setParameter,
  type ArchitectureDocument,
  type DocumentDiff,
} from '../src/shared/architecture/document'
import { zooDocument } from '../src/shared/architecture/document/zoo-document'
import { zooNetwork } from '../src/shared/architecture/zoo'
import { atMost, median, runBench } from './harness'

/** 345 layers once spelled out: the zoo network nearest above 300. */
const NETWORK = 'resnet101'

interface Timed {
  readonly medianMs: number
  readonly fastestMs: number
}

/** @param prepare gives what `act` works on, outside the time */
function timed<T>(repeats: number, prepare: (index: number) => T, act: (given: T) => unknown): Timed {
  const times = Array.from({ length: repeats }, (_, index) => {
    const given = prepare(index)
    const start = performance.now()
    act(given)
    return performance.now() - start
  })
  return { medianMs: median(times), fastestMs: Math.min(...times) }
}

/** As if read from a file: nothing that was remembered of another document helps. */
const fresh = (document: ArchitectureDocument): ArchitectureDocument =>
  JSON.parse(JSON.stringify(document)) as ArchitectureDocument

/** Edits one after the other, each applied and inspected, as the editor does. */
function edits(
  repeats: number,
  document: ArchitectureDocument,
  edit: (document: ArchitectureDocument, index: number) => DocumentDiff,
): Timed {
  inspectDocument(document, BUILT_IN_BLOCKS)
  return timed(
    repeats,
    (index) => index,
    (index) => inspectDocument(applyDiff(document, edit(document, index)), BUILT_IN_BLOCKS),
  )
}

void runBench('Shapes, cost and checks of a document', ({ quick }) => {
  const repeats = quick ? 100 : 500
  const { graph } = zooNetwork(NETWORK)
  const layers = fresh(graphDocument({ name: NETWORK, classes: 1000, graph }))
  const blocks = fresh(zooDocument(NETWORK))
  const convolutions = graph.nodes.filter(({ kind }) => kind === 'conv2d').map(({ id }) => id.replace(/\//g, '.'))
  const anywhere = (index: number): string => convolutions[(index * 37) % convolutions.length]!
  const inspect = (document: ArchitectureDocument): unknown => inspectDocument(document, BUILT_IN_BLOCKS)
  const byLayer = timed(repeats, () => fresh(layers), inspect)
  const byBlock = timed(repeats, () => fresh(blocks), inspect)
  const parameter = edits(repeats, layers, (document, i) => setParameter(document, anywhere(i), 'bias', true))
  const insertion = edits(repeats, layers, (document, i) => addNode(document, { kind: 'relu' }, { after: anywhere(i) }))
  const ofBlock = edits(repeats, blocks, (document, i) =>
    setParameter(document, `block-${3 + (i % 30)}`, 'stride', 1 + (i % 2)),
  )
  const hash = timed(
    repeats,
    () => graph,
    (given) => canonicalHash(given),
  )
  return Promise.resolve({
    results: {
      network: NETWORK,
      layers: graph.nodes.length,
      ...{ byLayer, byBlock },
      edit: { parameter, insertion, ofBlock },
      hash,
    },
    checks: [
      atMost('inspect a new document, layer by layer: median ms', byLayer.medianMs, 5),
      atMost('inspect a new document, as blocks: median ms', byBlock.medianMs, 5),
      atMost('change a parameter and inspect: median ms', parameter.medianMs, 1),
      atMost('insert a layer and inspect: median ms', insertion.medianMs, 1),
      atMost('change a block and inspect: median ms', ofBlock.medianMs, 1),
    ],
  })
})
