// Which chains the corpus trains, and how: searches at random over block chains of low fidelity, the same again with other seeds, on the
// other data sets, and for longer, so that noise and what the fidelity is worth are known (docs/proposer.md#our-own-corpus).
import { z } from 'zod'
import type { BlockLibrary } from '../../architecture/block'
import { runDefinitionSchema, type RunDefinition } from '../../search/run'
import { createBlockChainSpace, type BlockChainSpace } from '../../spaces/block-chain/space'
import { chainSpaceSchema } from '../../spaces/block-chain/schema'
import type { CorpusPart } from './trained-chains'

/** Some 4 core-seconds a chain; the defaults come to about 40 core-minutes (docs/proposer.md). */
export const CORPUS_DEFAULTS = {
  datasets: ['fashion-mnist', 'digits'],
  ...{ chains: 205, seed: 1, repeated: 16, longer: 16, images: 1000, epochs: 5 },
}

export const corpusSettingsSchema = z
  .object({
    /** The first one's chains are repeated, shared and trained for longer. */
    datasets: z.array(z.string().min(1)).min(1).max(20),
    /** Drawn for each data set; as many as a population may have. */
    chains: z.number().int().min(1).max(1000),
    seed: z.number().int().min(0),
    /** Chains of the first data set that are trained with two more seeds, and once on each other data set. */
    repeated: z.number().int().min(0),
    /** Chains of the first data set that are trained for longer. */
    longer: z.number().int().min(0),
    images: z.number().int().min(100),
    epochs: z.number().int().min(1),
  })
  .refine(({ chains, repeated, longer }) => Math.max(repeated, longer) <= chains, {
    message: 'no more can be repeated, or trained for longer, than are drawn',
    path: ['repeated'],
  })
export type CorpusSettings = z.infer<typeof corpusSettingsSchema>

/** A search of the plan. */
export interface CorpusRun {
  readonly part: CorpusPart
  readonly definition: RunDefinition
  /** How many of the first drawn chains of the first data set are put in by hand; null where it draws its own. */
  readonly taken: number | null
}

/** Two measurements more than the first give each chain's noise two degrees of freedom. */
const REPEATS = 2
const MORE_IMAGES = 3
const MORE_EPOCHS = 2

/** Half the side and half the width of a search's default space: a quarter of the pixels, a sixteenth of the work. */
const SPACE = {
  kind: 'block-chain',
  stemWidth: 8,
  maxWidth: 64,
  maxMacs: 2_500_000,
  maxParameters: 1_250_000,
} as const
const SIDE = 16
/** Two hundred images make 30 steps: small batches, or there would be too few steps to tell chains apart. */
const BATCH = 32

/** The space that every corpus is drawn from, for grey images of ten classes: what figures are deviations within hangs on neither. */
export function openCorpusSpace(library: BlockLibrary): BlockChainSpace {
  return createBlockChainSpace({
    definition: chainSpaceSchema.parse(SPACE),
    inputShape: [SIDE, SIDE, 1],
    classes: 10,
    library,
  })
}

export function corpusPlan(settings: CorpusSettings): CorpusRun[] {
  const { datasets, chains, seed, repeated, longer, images, epochs } = settings
  const [first = '', ...others] = datasets
  const run = (
    part: CorpusPart,
    dataset: string,
    more: { readonly seed: number; readonly count: number; readonly images?: number; readonly epochs?: number },
  ): CorpusRun => ({
    part,
    taken: part === 'drawn' ? null : more.count,
    definition: runDefinitionSchema.parse({
      name: `Corpus of chains: ${part}, ${dataset}, seed ${more.seed}`,
      seed: more.seed,
      strategy: { name: 'random' },
      populationSize: more.count,
      generations: 1,
      space: SPACE,
      data: { dataset, trainImages: more.images ?? images, validationImages: images, resolution: SIDE },
      // Digits are not to be mirrored, and images of this size not to be shifted by a quarter.
      recipe: { epochs: more.epochs ?? epochs, batchSize: BATCH, flip: false, cropPadding: 0 },
    }),
  })
  const repeats = repeated === 0 ? [] : Array.from({ length: REPEATS }, (_, i) => seed + 100 + i)
  return [
    run('drawn', first, { seed, count: chains }),
    ...repeats.map((other) => run('repeated', first, { seed: other, count: repeated })),
    ...others.map((dataset, i) => run('drawn', dataset, { seed: seed + 1 + i, count: chains })),
    ...(repeated === 0 ? [] : others.map((dataset) => run('shared', dataset, { seed: seed + 200, count: repeated }))),
    ...(longer === 0
      ? []
      : [run('longer', first, { seed, count: longer, images: images * MORE_IMAGES, epochs: epochs * MORE_EPOCHS })]),
  ]
}
