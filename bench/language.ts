// Preset workbench at the rate a corpus needs: genotype -> tokens -> genotype for every cell of NAS-Bench-101 and 201, cells to
// full documents, and the same round trip for zoo networks, chains and a user-defined space. One process, one thread.
import { BUILT_IN_BLOCKS } from '../src/shared/architecture/blocks'
import { ZOO_NAMES, zooNetwork } from '../src/shared/architecture/zoo'
import {
  blockNetworkOf,
  createChainCodec,
  createUserCodec,
  decodeCell,
  decodeEdges,
  decodeNetwork,
  encodeCell,
  encodeEdges,
  encodeNetwork,
} from '../src/shared/language'
import { createRandom } from '../src/shared/random'
import { chainSpaceSchema } from '../src/shared/spaces/block-chain/schema'
import { createBlockChainSpace } from '../src/shared/spaces/block-chain/space'
import { cellAt, enumerateCells } from '../src/shared/spaces/nas-bench-101/enumerate'
import { cellGenotype, cellOf } from '../src/shared/spaces/nas-bench-101/genotype'
import { createCellSpace } from '../src/shared/spaces/nas-bench-101/space'
import { EDGE_CELLS, edgeGenotypeAt } from '../src/shared/spaces/nas-bench-201/genotype'
import { parseSpaceFile } from '../src/shared/spaces/user/space-file'
import { createUserSpace } from '../src/shared/spaces/user/space'
import { atLeast, equal, runBench } from './harness'

const CELLS = 423_624

interface Rate {
  readonly count: number
  readonly perSecond: number
  /** Round trips that gave something else than went in. */
  readonly wrong: number
}

/** @param isSame runs one round trip */
function rate<T>(items: readonly T[], isSame: (item: T) => boolean): Rate {
  let wrong = 0
  const start = performance.now()
  for (const item of items) if (!isSame(item)) wrong++
  const seconds = (performance.now() - start) / 1000
  return { count: items.length, perSecond: Math.round(items.length / seconds), wrong }
}

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

void runBench('Preset workbench', ({ quick, note }) => {
  note('Listing the cells of NAS-Bench-101 ...')
  const step = quick ? 20 : 1
  const cells = [...enumerateCells()].filter((_, i) => i % step === 0).map(cellGenotype)
  const cellRate = rate(cells, (genotype) => {
    const back = cellGenotype(decodeCell(encodeCell(cellOf(genotype))))
    return back.matrix === genotype.matrix && back.operations.join() === genotype.operations.join()
  })
  const edges = Array.from({ length: EDGE_CELLS }, (_, i) => edgeGenotypeAt(i))
  const edgeRate = rate(
    edges,
    (genotype) => decodeEdges(encodeEdges(genotype)).operations.join() === genotype.operations.join(),
  )

  note('Building documents ...')
  const space = createCellSpace()
  const random = createRandom(1)
  const some = Array.from({ length: quick ? 2_000 : 20_000 }, () => cellGenotype(cellAt(random.integer(CELLS))))
  // From tokens to the document that the editor opens: decoded, built into the published skeleton, written as records.
  const tokens = some.map((genotype) => encodeCell(cellOf(genotype)))
  const documents = rate(
    tokens,
    (body) => Object.keys(space.toDocument(cellGenotype(decodeCell(body)), 'cell').records).length > 10,
  )

  const zoo = ZOO_NAMES.map((name) => blockNetworkOf(zooNetwork(name)))
  const zooRate = rate(
    Array.from({ length: quick ? 360 : 3_600 }, (_, i) => zoo[i % zoo.length]!),
    (network) => sameJson(decodeNetwork(encodeNetwork(network)), network),
  )
  const chains = createBlockChainSpace({
    definition: chainSpaceSchema.parse({}),
    inputShape: [32, 32, 3],
    classes: 10,
    library: BUILT_IN_BLOCKS,
  })
  const chainCodec = createChainCodec(chains.names())
  const chainRate = rate(
    Array.from({ length: quick ? 500 : 10_000 }, () => chains.random(random)),
    (genotype) => sameJson(chainCodec.decode(chainCodec.encode(genotype)), genotype),
  )
  const own = createUserSpace({
    file: parseSpaceFile({
      format: 'gptnas-space/1',
      name: 'bench',
      positions: Array.from({ length: 12 }, (_, i) => ({
        name: `p${i}`,
        choices: ['resnet-basic', 'common-conv', 'shufflenet-inverted-residual', 'identity'],
      })),
    }),
  })
  const userCodec = createUserCodec(own)
  const userRate = rate(
    Array.from({ length: quick ? 500 : 10_000 }, () => own.random(random)),
    (genotype) => sameJson(userCodec.decode(userCodec.encode(genotype)), genotype),
  )
  const rates = { cells: cellRate, edges: edgeRate, documents, zoo: zooRate, chains: chainRate, user: userRate }
  return Promise.resolve({
    results: rates,
    checks: [
      ...(quick ? [] : [equal('cells of NAS-Bench-101', cellRate.count, CELLS)]),
      equal(
        'round trips that were not the identity',
        Object.values(rates).reduce((sum, { wrong }) => sum + wrong, 0),
        0,
      ),
      atLeast('cells a second, genotype to tokens and back', cellRate.perSecond, 100_000),
      atLeast('cells of NAS-Bench-201 a second', edgeRate.perSecond, 100_000),
      atLeast('documents a second, from tokens', documents.perSecond, 10_000),
    ],
  })
})
