// The proposer's procedures through the compute's contract, with the checkpoint that comes with the product.
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { newBlockDocument } from '@shared/architecture/document'
import type { ComputeContract } from '@shared/contract/compute'
import { blockNames, vocabularySize } from '@shared/language'
import { createRandom } from '@shared/random'
import { chainSpaceSchema } from '@shared/spaces/block-chain/schema'
import { createBlockChainSpace } from '@shared/spaces/block-chain/space'
import { memoryPorts } from '@shared/transport/port'
import { createClient, serveRouter, type Client } from '@shared/transport/rpc'
import { createComputeService } from '../service/compute-service'
import { writeDrawn } from './testing/small-checkpoint'

const shipped = resolve('resources/proposer/paper-2')
/** Of runs of before there was a second one. */
const former = resolve('resources/proposer/paper-1')
const definition = chainSpaceSchema.parse({})
const place = { definition, inputShape: [32, 32, 3] as [number, number, number], classes: 10 }
const space = createBlockChainSpace({ ...place, library: BUILT_IN_BLOCKS })

let client: Client<ComputeContract>
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proposer-'))
  const [server, port] = memoryPorts()
  serveRouter(createComputeService({ environment: {} }), server)
  client = createClient<ComputeContract>(port)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const requestsOf = (count: number) => {
  const random = createRandom(21)
  return Array.from({ length: count }, () => {
    const genotype = space.random(random)
    const positions = genotype.blocks.flatMap((_, position) => (random.chance(0.4) ? [position] : []))
    return { genotype, positions, seed: random.integer(2 ** 31) }
  })
}

describe('the shipped proposer', () => {
  it('says what it is, with the figures of its card', async () => {
    const info = await client.proposerInfo({ checkpoint: shipped })
    expect(info).toMatchObject({ name: 'paper-2', preset: 'paper', vocabulary: vocabularySize })
    expect(info.card).toContain('# paper-2')
    expect(info.card).toContain(info.metrics['bitsPerCell']!.toFixed(2))
    // Better than counting, on networks that it never saw.
    const model = JSON.parse(await readFile(join(shipped, 'model.json'), 'utf8')) as {
      measurements: {
        model: { loss: number }
        baselines: Record<string, { loss: number }>
        phase: string
        test: string
      }[]
    }
    for (const { phase, test, model: score, baselines } of model.measurements)
      for (const rival of ['uniform', 'unigram', 'bigram', 'fiveGram'])
        expect(score.loss, `${phase} on ${test} against the ${rival}`).toBeLessThan(baselines[rival]!.loss)
  })

  it('rebuilds a hundred chains inside the space, the same whenever it is asked', async () => {
    const input = { checkpoint: shipped, space: place, userBlocks: [], requests: requestsOf(100) }
    const rebuilt = await client.reconstruct(input)
    for (const { genotype } of rebuilt) expect(space.problems(space.parse(genotype))).toEqual([])
    expect(await client.reconstruct(input)).toEqual(rebuilt)
    const chosen = new Set(rebuilt.flatMap(({ choices }) => choices.map((choice) => choice.chosen)))
    // A proposer that has fallen for one block would be no proposer.
    expect(chosen.size).toBeGreaterThan(blockNames.length / 2)
  })

  it.each([
    [
      'paper-2',
      shipped,
      [
        'shufflenet-inverted-residual 0.423',
        'efficientnet-squeeze-excitation 0.089',
        'regnet-stem 0.090',
        'resnet-bottleneck 0.176',
      ],
    ],
    [
      'paper-1',
      former,
      [
        'wide-resnet-bottleneck 0.041',
        'efficientnet-squeeze-excitation 0.080',
        'regnet-stem 0.098',
        'resnet-bottleneck 0.229',
      ],
    ],
  ])('rebuilds as it did when it was shipped: %s', async (_, checkpoint, expected) => {
    // One emptied position: behind a second one, a last bit could decide another way on another processor.
    const requests = requestsOf(4).map((request) => ({ ...request, positions: [5] }))
    const rebuilt = await client.reconstruct({ checkpoint, space: place, userBlocks: [], requests })
    const chosen = rebuilt.map(({ choices }) =>
      choices.map((one) => [one.chosen, one.probability.toFixed(3)].join(' ')),
    )
    expect(chosen.flat()).toEqual(expected)
  })

  it('knows what follows a run of equal blocks in the zoo', async () => {
    // RegNets are long runs of one block; no other network of the corpus has it.
    const run = Array.from({ length: 8 }, () => ({
      block: 'regnet-res-bottleneck',
      width: 1 as const,
      stride: 1 as const,
    }))
    const genotype = { space: 'block-chain' as const, blocks: run }
    const suggestions = await client.suggest({
      checkpoint: shipped,
      space: place,
      userBlocks: [],
      genotype,
      position: 8,
      count: 3,
    })
    expect(suggestions).toHaveLength(3)
    expect(suggestions[0]!.block).toBe('regnet-res-bottleneck')
    expect(suggestions[0]!.probability).toBeGreaterThan(0.3)
  })

  it("takes the user's blocks along", async () => {
    const suggestions = await client.suggest({
      checkpoint: shipped,
      space: place,
      userBlocks: [newBlockDocument('my-block')],
      genotype: { space: 'block-chain', blocks: [{ block: 'common-relu', width: 1, stride: 1 }] },
      position: 0,
      count: 50,
    })
    const own = suggestions.find(({ block }) => block === 'my-block')
    expect(own?.probability).toBeGreaterThan(0)
    expect(suggestions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6)
  })
})

describe('the procedures', () => {
  it('notice that a checkpoint was trained anew in its folder', async () => {
    const changing = join(folder, 'changing')
    await cp(shipped, changing, { recursive: true })
    const input = { checkpoint: changing, space: place, userBlocks: [], requests: requestsOf(10) }
    const before = await client.reconstruct(input)
    await writeDrawn(changing)
    expect(await client.reconstruct(input)).not.toEqual(before)
  })

  it('answer with a reason for a folder without a checkpoint and for a genotype of another space', async () => {
    const empty = { checkpoint: join(folder, 'none'), space: place, userBlocks: [], requests: [] }
    await expect(client.reconstruct(empty)).rejects.toMatchObject({ code: 'not-found' })
    const wrong = { ...empty, checkpoint: shipped, requests: [{ genotype: { space: 'x' }, positions: [], seed: 1 }] }
    await expect(client.reconstruct(wrong)).rejects.toMatchObject({ code: 'invalid-architecture' })
  })

  it('stream a training and end it when the reader leaves', async () => {
    const job = {
      training: { cells: 100, chains: 50, batchSize: 64, name: 'tiny' },
      out: join(folder, 'tiny'),
      command: '',
    }
    const types = new Set<string>()
    for await (const event of await client.trainProposer(job)) {
      types.add(event.type)
      if (event.type === 'epoch') break
    }
    expect([...types]).toContain('note')
    expect(types).not.toContain('finished')
  })
})
