// Searches to try the product with: what "one click" and `search start --sample` run. Published experiments are presets.ts.
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

export const SAMPLES: readonly Sample[] = [FIRST_LIGHT]
