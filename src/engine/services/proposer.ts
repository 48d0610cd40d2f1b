// Implements the proposer service: checkpoints of preset `paper` by asking a compute, the small ones here; where none is named, those that
// come with the product.
import { randomUUID } from 'node:crypto'
import { implement } from '@orpc/server'
import { storedLibrary } from '@shared/architecture/library'
import {
  proposerContract,
  type CorpusEvent,
  type FineTuneEvent,
  type NamedCheckpointInfo,
  type ProposerInfo,
} from '@shared/contract/proposer'
import type { WorkbenchFile } from '@shared/proposer/checkpoint'
import type { ChainsFile } from '@shared/proposer/chains/checkpoint'
import type { InContextFile } from '@shared/surrogate/in-context/checkpoint'
import { createRandom } from '@shared/random'
import { openSpace } from '@shared/spaces'
import { chainSpaceSchema, unboundedChains } from '@shared/spaces/block-chain/schema'
import type { CorpusTools } from '../corpora/train-corpus'
import { cifar10 } from '../datasets/sources/cifar-10'
import { streamFromPool } from '../executors/stream-from-pool'
import { injectTrial } from '../runs/inject'
import { createReconstructor } from '../runs/reconstructor'
import { searchableBlocks } from '../storage/designs'
import { checkDefinition } from './search-check'
import { newRunOf } from './search-create'
import type { Services } from './services'
import type { ModelFolder } from '@node/model-folder'
import { folderToAddTo } from '@node/safe-target'
import { readChainsCheckpoint, readInContextCheckpoint, readWorkbenchCheckpoint } from '@node/small-checkpoints'
import { readNamed, type OwnCheckpoints } from '../proposers/own-checkpoints'
import { oneAtATime, streamOfWork } from '../stream-of-work'
import { untilClosing } from './until-closing'

/** Relative tokens make the image's size matter little; designs start from the first data set's. */
const IMAGES = { shape: cifar10.shape, classes: cifar10.classes.length }

/** Small models are read here: they need no compute. */
function smallInfo({ file, weights, card }: ModelFolder<WorkbenchFile | InContextFile | ChainsFile>): ProposerInfo {
  const { name, preset, metrics } = file
  return { name, preset, parameters: weights.length, vocabulary: null, card, metrics }
}

/** Of those that new searches can ask; one that cannot be read has no part in the list, the doctor tells of it. */
function readable(proposers: OwnCheckpoints): NamedCheckpointInfo[] {
  const inUse = proposers.inUse()
  return proposers.list().flatMap((each) => {
    try {
      const { file, weights, card } = readNamed(each)
      const { name, isShipped } = each
      const { metrics, fineTuned = null } = file
      return [
        { name, isShipped, isInUse: name === inUse, report: fineTuned, card, metrics, parameters: weights.length },
      ]
    } catch {
      return [] // a folder that somebody has changed: asking for it by name says what is wrong
    }
  })
}

function corpusTools(services: Services): CorpusTools {
  const { store, orchestrator, views, closing } = services
  return {
    ...{ store, orchestrator, views, closing },
    createRun: async (definition) => {
      const id = randomUUID()
      await orchestrator.create(await newRunOf(services, id, definition))
      return id
    },
    inject: (runId, id) => injectTrial(services, runId, { from: 'trial', id }),
    problemsOf: async (definition) => (await checkDefinition(services, definition)).problems,
  }
}

export function proposerService(services: Services) {
  const { store, pool, proposerFolder, judgeFolder, learnerFolder, chainsFolder, proposers, closing } = services
  const alone = oneAtATime('fine-tuning')
  const oneCorpus = oneAtATime('corpus')
  const os = implement(proposerContract)
  const describe = (checkpoint: string) =>
    pool.run((client) => client.proposerInfo({ checkpoint }, { signal: closing }), closing)

  const suggest = async (genotype: Record<string, unknown>, position: number, count: number, stemWidth: number) => {
    const [height, width, channels] = IMAGES.shape
    const space = {
      definition: unboundedChains(stemWidth),
      inputShape: [height, width, channels] as [number, number, number],
      classes: IMAGES.classes,
    }
    const userBlocks = await searchableBlocks(store.db)
    return pool.run(
      (client) =>
        client.suggest(
          { checkpoint: proposerFolder(), space, userBlocks, genotype, position, count },
          { signal: closing },
        ),
      closing,
    )
  }

  /** Every block of a random chain is emptied and refilled from the left, so only its length is left of it. */
  const sample = async (checkpoint: string, count: number, seed: number) => {
    const definition = chainSpaceSchema.parse({})
    const userBlocks = await searchableBlocks(store.db)
    const space = openSpace(definition, IMAGES, storedLibrary(userBlocks))
    const random = createRandom(seed)
    const requests = Array.from({ length: count }, (_, index) => {
      const genotype = space.random(random.fork(index))
      const positions = Array.from({ length: space.positions(genotype) }, (_, position) => position)
      return { genotype, positions, seed: random.fork(`seed-${index}`).integer(2 ** 31) }
    })
    const reconstructor = createReconstructor({
      pool,
      checkpoint: () => checkpoint,
      space: definition,
      facts: IMAGES,
      userBlocks,
      signal: closing,
    })
    const chains = await reconstructor.reconstruct(requests)
    return chains.map(({ genotype, choices }) => ({
      genotype,
      blocks: choices.map(({ chosen, probability }) => ({ block: chosen, probability })),
    }))
  }

  return os.router({
    info: os.info.handler(({ input: { preset } }) => {
      if (preset === 'workbench') return smallInfo(readWorkbenchCheckpoint(judgeFolder))
      if (preset === 'chains') return smallInfo(readChainsCheckpoint(chainsFolder))
      return preset === 'in-context' ? smallInfo(readInContextCheckpoint(learnerFolder)) : describe(proposerFolder())
    }),
    suggest: os.suggest.handler(({ input }) => suggest(input.genotype, input.position, input.count, input.stemWidth)),
    train: os.train.handler(({ input, signal }) =>
      untilClosing(closing, signal, async function* (ended) {
        const job = { ...input, out: await folderToAddTo(input.out) }
        yield* streamFromPool(pool, (client, inner) => client.trainProposer(job, { signal: inner }), ended)
      }),
    ),
    fineTune: os.fineTune.handler(({ input, signal }) =>
      untilClosing(closing, signal, (ended) =>
        streamOfWork<FineTuneEvent>(
          (emit, wanted) =>
            // What training needs is loaded only here.
            alone(async () => {
              const { fineTuneOnTrials } = await import('../fine-tuning/fine-tune')
              await fineTuneOnTrials(services, input, emit, wanted)
            }, wanted),
          ended,
        ),
      ),
    ),
    corpus: os.corpus.handler(({ input, signal }) =>
      untilClosing(closing, signal, (ended) =>
        streamOfWork<CorpusEvent>(
          (emit, wanted) =>
            oneCorpus(async () => {
              const { trainCorpus } = await import('../corpora/train-corpus')
              await trainCorpus(corpusTools(services), input, emit, wanted)
            }, wanted),
          ended,
        ),
      ),
    ),
    checkpoints: os.checkpoints.handler(() => readable(proposers)),
    use: os.use.handler(async ({ input: { name } }) => {
      store.refuseReadOnly()
      await proposers.use(name)
      return { name }
    }),
    sample: os.sample.handler(({ input }) => sample(input.checkpoint ?? proposerFolder(), input.count, input.seed)),
    report: os.report.handler(({ input }) => describe(input.checkpoint ?? proposerFolder())),
  })
}
