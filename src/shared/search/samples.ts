// Searches to try the product with: what "one click" and `search start --sample` run. Published experiments are presets.ts.
import { runDefinitionSchema, type RunDefinition } from './run'

export interface Sample {
  readonly id: string
  readonly definition: RunDefinition
}

/**
 * All of the product in five minutes on two quiet cores: a search of 6 small networks on some images of CIFAR-10, then the winner and a
 * hand-made network trained on all of them and tested once. Two epochs show a search at work; they say nothing about final accuracy.
 */
export const FIVE_MINUTES: Sample = {
  id: 'five-minutes',
  definition: runDefinitionSchema.parse({
    name: 'Five minutes',
    seed: 1,
    strategy: { name: 'gpt-nas:paper' },
    populationSize: 3,
    generations: 2,
    space: {
      minBlocks: 6,
      maxBlocks: 9,
      stemWidth: 16,
      maxWidth: 128,
      maxMacs: 8_000_000,
      maxParameters: 1_000_000,
    },
    data: { dataset: 'cifar-10', trainImages: 2500, validationImages: 1000 },
    recipe: { epochs: 2, batchSize: 64, learningRate: 0.1 },
  }),
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

export const SAMPLES: readonly Sample[] = [FIVE_MINUTES, FIRST_LIGHT]
