// Simulated landscapes over block chains: what an accuracy might be like where nothing is trained and the best is not known. Our own
// construction, frozen: blocks of each stage add features that saturate, residual ones most of all; pooling, early halving and narrow
// ends cost; blocks like some places and some neighbours; costs have an optimum of their own. Every instance draws its own strengths.
import { BUILT_IN_BLOCKS } from '../../src/shared/architecture/blocks'
import { createRandom, type Random } from '../../src/shared/random'
import { chainSpaceSchema } from '../../src/shared/spaces/block-chain/schema'
import { createBlockChainSpace, type ChainGenotype } from '../../src/shared/spaces/block-chain/space'
import { genesText } from '../../src/shared/spaces/block-chain/genotype'
import type { Genotype, Space } from '../../src/shared/spaces/space'

/** Of one measurement: as accuracies of short trainings repeat with another seed. */
const NOISE = 0.7
const REFERENCE = 400
const STAGES = 4
const PLACES = 9

const chains = createBlockChainSpace({
  definition: chainSpaceSchema.parse({ stemWidth: 20, maxParameters: 4_000_000 }),
  inputShape: [32, 32, 3],
  classes: 10,
  library: BUILT_IN_BLOCKS,
})

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** How much a block of that kind computes that is worth something; 0 for those without weights. */
const STRENGTH: Readonly<Record<string, number>> = {
  'efficientnet-conv-norm-activation': 0.7,
  'efficientnet-squeeze-excitation': 0.25,
  'googlenet-inception': 0.9,
  'regnet-res-bottleneck': 1,
  'regnet-stem': 0.7,
  'resnet-bottleneck': 0.9,
  'resnet-basic': 1.1,
  'resnext-bottleneck': 0.95,
  'shufflenet-inverted-residual': 0.7,
  'wide-resnet-bottleneck': 1.05,
  'efficientnet-mbconv': 1,
  'common-conv': 0.5,
}
const isResidual = (block: string): boolean => /res|shuffle|mbconv/.test(block) && !block.includes('stem')
const isPooling = (block: string): boolean => block.includes('pool')

interface Instance {
  readonly strength: ReadonlyMap<string, number>
  readonly stage: readonly number[]
  readonly saturation: readonly number[]
  readonly residual: number
  readonly early: number
  readonly place: (block: string, place: number) => number
  readonly pair: (first: string, second: string) => number
  readonly waves: readonly { readonly frequency: readonly number[]; readonly phase: number; readonly weight: number }[]
}

function drawInstance(seed: number): Instance {
  const random = createRandom(seed).fork('chain-landscape')
  const names = chains.names()
  const spread = (by: number): number => Math.exp(by * gaussian(random))
  const table = new Map<string, number>()
  const fixed = (key: string): number => {
    const known = table.get(key)
    if (known !== undefined) return known
    const value = gaussian(createRandom(seed).fork(key))
    table.set(key, value)
    return value
  }
  return {
    strength: new Map(names.map((name) => [name, (STRENGTH[name] ?? 0) * spread(0.35)])),
    stage: [1, 1.4, 1.6, 1].map((value) => value * spread(0.3)),
    saturation: Array.from({ length: STAGES }, () => 6 * spread(0.3)),
    residual: 0.25 * spread(0.3),
    early: 0.25 * spread(0.3),
    place: (block, place) => fixed(`place ${block} ${place}`),
    pair: (first, second) => fixed(`pair ${first} ${second}`),
    waves: Array.from({ length: 40 }, () => ({
      frequency: Array.from({ length: 4 }, () => 0.5 * gaussian(random)),
      phase: 2 * Math.PI * random.next(),
      weight: gaussian(random) * Math.sqrt(2 / 40),
    })),
  }
}

/** Four figures of a chain that an instance weighs: features, places, neighbours, costs. */
function partsOf(instance: Instance, genotype: ChainGenotype): number[] {
  const { steps, macs, weights } = chains.walk(genotype)
  const sums = new Float64Array(STAGES)
  let [residual, pooling, halvedEarly, place, pair] = [0, 0, 0, 0, 0]
  genotype.blocks.forEach(({ block }, i) => {
    const [size, , width] = steps[i]?.output ?? chains.stem
    const halvings = Math.log2(chains.stem[0] / size)
    sums[Math.min(STAGES - 1, Math.floor(halvings))]! += (instance.strength.get(block) ?? 0) * Math.log2(1 + width / 16)
    residual += Number(isResidual(block))
    pooling += Number(isPooling(block))
    const share = (i + 0.5) / genotype.blocks.length
    if (share < 0.5) halvedEarly += halvings / genotype.blocks.length
    place += instance.place(block, Math.floor(share * PLACES))
    const before = genotype.blocks[i - 1]
    if (before !== undefined) pair += instance.pair(before.block, block)
  })
  const count = genotype.blocks.length
  const [size, , width] = steps.at(-1)?.output ?? chains.stem
  let features =
    instance.residual * Math.log1p(residual) - 0.1 * Math.max(0, pooling - 2) - instance.early * halvedEarly
  features -= 0.3 * Math.max(0, Math.log2(size / 8)) + 0.2 * Math.max(0, Math.log2(96 / width))
  sums.forEach((sum, i) => {
    features += instance.stage[i]! * (1 - Math.exp(-sum / instance.saturation[i]!))
  })
  const costs = [(Math.log(macs) - 16.5) / 0.8, Math.log(weights) - 12.5, (count - 15) / 3, (residual - 6) / 2]
  const wave = instance.waves.reduce(
    (sum, { frequency, phase, weight }) =>
      sum + weight * Math.cos(phase + frequency.reduce((angle, each, i) => angle + each * costs[i]!, 0)),
    0,
  )
  return [features, place / Math.sqrt(count), pair / Math.sqrt(count), wave]
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))

/**
 * The space of block chains with a table: fitness is a noisy accuracy in percent, the same each time, the report the one without noise.
 * @param seed of the instance
 */
export function chainLandscape(seed: number): Space {
  const instance = drawInstance(seed)
  const random = createRandom(seed).fork('reference')
  const reference = Array.from({ length: REFERENCE }, () => partsOf(instance, chains.random(random)))
  const deviations = [0, 1, 2, 3].map((i) => deviation(reference.map((parts) => parts[i]!)))
  const scales = [1, 0.45, 0.45, 0.3].map((share, i) => (share * deviations[0]!) / deviations[i]!)
  const summed = (parts: readonly number[]): number => parts.reduce((sum, part, i) => sum + part * scales[i]!, 0)
  const sums = reference.map(summed)
  const [middle, spread] = [mean(sums), deviation(sums)]
  const keyOf = (genotype: Genotype): string => genesText((genotype as ChainGenotype).blocks)
  return {
    ...(chains as unknown as Space),
    // Networks that compute the same under two names are rare, and hashing each takes longer than all else here.
    canonicalKey: keyOf,
    table: {
      costNames: [],
      row: (genotype) => {
        const z = (summed(partsOf(instance, genotype as ChainGenotype)) - middle) / spread
        const accuracy = 95 - 9 * Math.exp(-0.55 * z)
        const noise = NOISE * gaussian(createRandom(seed).fork(keyOf(genotype)))
        return { fitness: accuracy + noise, report: accuracy, costs: [] }
      },
    },
  }
}
