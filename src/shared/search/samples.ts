// Searches that come with the product: what "one click" and `search start --sample` run.
import { runDefinitionSchema, type RunDefinition } from './run'

export interface Sample {
  readonly id: string
  readonly definition: RunDefinition
}

/**
 * First light: 12 trials on real CIFAR-10, sized for two CPU cores and twenty minutes (bench:first-light measures it).
 * A subset of the images and five epochs rank chains well enough to watch a search work; they say nothing about final accuracy.
 */
export const FIRST_LIGHT: Sample = {
  id: 'first-light',
  definition: runDefinitionSchema.parse({
    name: 'First light',
    seed: 1,
    strategy: { name: 'gpt-nas:paper' },
    populationSize: 4,
    generations: 3,
    space: {
      minBlocks: 10,
      maxBlocks: 14,
      stemWidth: 16,
      maxWidth: 128,
      maxMacs: 40_000_000,
      maxParameters: 2_000_000,
    },
    data: { dataset: 'cifar-10', trainImages: 8000, validationImages: 2000 },
    recipe: { epochs: 5, batchSize: 64, learningRate: 0.1 },
  }),
}

/** The paper's own settings (docs/method.md): hours to days on a GPU. */
export const PAPER: Sample = {
  id: 'paper',
  definition: runDefinitionSchema.parse({
    name: 'Settings of the paper',
    strategy: { name: 'gpt-nas:paper' },
    space: { stemWidth: 32, maxWidth: 512, maxMacs: 1_000_000_000, maxParameters: 20_000_000 },
    recipe: { epochs: 6, batchSize: 512, learningRate: 0.01, schedule: 'linear-warm-up', warmUp: 1 },
  }),
}

export const SAMPLES: readonly Sample[] = [FIRST_LIGHT, PAPER]
