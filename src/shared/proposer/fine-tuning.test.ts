// Fine-tuning: what it is told it learns, on what it never saw; a control learns nothing; what is too little is refused.
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '../architecture/blocks'
import { createRandom } from '../random'
import { chainSpaceSchema } from '../spaces/block-chain/schema'
import { createBlockChainSpace } from '../spaces/block-chain/space'
import { randomGraph } from './corpus/random-graphs'
import { fineTune, heldOutSplit, LEAST_GRAPHS, tauWithin, type LabelledGraph } from './fine-tuning'
import { RelationalGpt } from './relational-gpt'

const random = createRandom(3)
/** Fitness is how much of a graph pools: nothing that the GPT was told of before. */
const graphs: LabelledGraph[] = Array.from({ length: 160 }, (_, i) => {
  const graph = randomGraph(random.fork(i))
  const pooling = graph.nodes.filter(({ operation }) => operation.kind === 'pool').length
  return { graph, fitness: pooling - graph.nodes.length / 10, group: i % 2 === 0 ? 'one' : 'other' }
})
const members = (): RelationalGpt[] => [RelationalGpt.draw(createRandom(1))]
/** Some twenty core-seconds for both. */
const settings = { seed: 1, steps: 80, shuffleLabels: false }

describe('fine-tuning', () => {
  it('orders what it never saw better than before, and better than with labels that are dealt out anew', async () => {
    const tuned = await fineTune(members(), graphs, settings)
    expect(tuned.after.tau).toBeGreaterThan((tuned.before.tau ?? 1) + 0.1)
    expect(tuned.after.perplexity).toBeLessThan(tuned.before.perplexity)
    expect(tuned.trainedOn + tuned.heldOut).toBe(graphs.length)
    const control = await fineTune(members(), graphs, { ...settings, shuffleLabels: true })
    expect(control.after.tau ?? 0).toBeLessThan((tuned.after.tau ?? 0) - 0.2)
  })

  it('gives the same weights of the same seed, and others of another', async () => {
    const weightsOf = async (seed: number) =>
      (await fineTune(members(), graphs, { ...settings, steps: 2, seed })).members[0]?.parameters.write()
    const once = await weightsOf(1)
    expect(await weightsOf(1)).toEqual(once)
    expect(await weightsOf(2)).not.toEqual(once)
  })

  it('refuses fewer architectures than could show anything', async () => {
    await expect(fineTune(members(), graphs.slice(0, LEAST_GRAPHS - 1), settings)).rejects.toThrow(/at least 20/)
  })

  it('ends where the breath throws', async () => {
    const stop = (): Promise<void> => Promise.reject(new Error('stopped'))
    await expect(fineTune(members(), graphs, settings, undefined, stop)).rejects.toThrow('stopped')
  })
})

describe('what is held out', () => {
  it('has no architecture that is trained on, in any group', () => {
    const twice = [...graphs, ...graphs.map((each) => ({ ...each, group: 'third' }))]
    const { training, heldOut } = heldOutSplit(twice, 5)
    const key = ({ graph }: LabelledGraph): string => JSON.stringify(graph)
    const seen = new Set(training.map(key))
    expect(heldOut.filter((each) => seen.has(key(each)))).toEqual([])
    expect(heldOut.length / twice.length).toBeCloseTo(0.2, 1)
  })

  it('is judged within groups alone', () => {
    const across = graphs
      .slice(0, 6)
      .map((each, i) => ({ ...each, fitness: i % 2 === 0 ? i : i + 100, group: each.group }))
    // In each group the order is told rightly, across them it is not.
    expect(tauWithin(across, [0, 0, 1, 1, 2, 2])).toBe(1)
    expect(tauWithin(across.slice(0, 2), [0, 1])).toBeNull()
  })
})

describe('a chain as its layers', () => {
  const space = createBlockChainSpace({
    definition: chainSpaceSchema.parse({}),
    inputShape: [32, 32, 3],
    classes: 10,
    library: BUILT_IN_BLOCKS,
  })
  const layersOf = (...blocks: readonly string[]) =>
    space
      .features?.({
        space: 'block-chain',
        blocks: blocks.map((block) => ({ block, width: 1, stride: 1 }) as const),
      })
      .layers?.()

  it('has convolutions and pooling, and shortcuts as connections', () => {
    expect(layersOf('resnet-basic', 'common-max-pool', 'common-relu')).toMatchObject({
      nodes: [
        { operation: { kind: 'convolution', kernel: 3 }, from: [-1] },
        { operation: { kind: 'convolution', kernel: 3 }, from: [0] },
        { operation: { kind: 'pool' }, from: [-1, 1] },
      ],
      output: [2],
    })
  })

  it('leaves out gates, norms and activations', () => {
    expect(layersOf('efficientnet-squeeze-excitation', 'common-batch-norm', 'common-relu')).toEqual({
      nodes: [],
      output: [-1],
    })
  })

  it('has sources that come earlier, for every chain', () => {
    for (let seed = 0; seed < 30; seed++) {
      const graph = space.features?.(space.random(createRandom(seed))).layers?.()
      graph?.nodes.forEach(({ from }, index) => {
        expect(from.length).toBeGreaterThan(0)
        expect(from.every((source) => source >= -1 && source < index)).toBe(true)
      })
    }
  })
})
