// Published experiments, ready to be repeated by whoever owns the machine: the search, and how its best network is trained at the end
// (docs/method.md#fitness-and-training). What is ours to choose is in the search's defaults.
import { runDefinitionSchema, type RunDefinition } from './run'
import { recipeSchema, type Recipe } from './recipe'

export interface Preset {
  readonly id: string
  readonly definition: RunDefinition
  /** Of the best network, once, on all training images, after the search. */
  readonly finalRecipe: Recipe
}

const FINAL_EPOCHS = 350
/** "/10 every 100 epochs" */
const FALLS_EVERY = 100

/**
 * Arxiv 2305.05351, sections III-F and IV-C, on CIFAR-10: 20 generations of 30 networks, 6 epochs each at a rate that rises to 0.01; then
 * 350 epochs of the best. Its first acceleration rule is off (docs/method.md#weak-points); recipe.trainPredictedOnly switches it on.
 */
export const PAPER: Preset = {
  id: 'paper',
  definition: runDefinitionSchema.parse({
    name: 'GPT-NAS as published',
    strategy: { name: 'gpt-nas:paper' },
    populationSize: 30,
    generations: 20,
    space: { minBlocks: 10, maxBlocks: 20, stemWidth: 32, maxWidth: 512, maxMacs: 1e9, maxParameters: 20e6 },
    recipe: {
      epochs: 6,
      batchSize: 512,
      learningRate: 0.01,
      schedule: 'linear-warm-up',
      warmUp: 1,
    },
  }),
  finalRecipe: recipeSchema.parse({
    epochs: FINAL_EPOCHS,
    batchSize: 512,
    learningRate: 0.01,
    schedule: 'step',
    warmUp: 0,
    milestones: [1, 2, 3].map((fall) => (fall * FALLS_EVERY) / FINAL_EPOCHS),
    stepFactor: 0.1,
  }),
}

const IMAGENET_EPOCHS = 120
/** "/10 every 30 epochs" */
const IMAGENET_FALLS_EVERY = 30

/**
 * The same on ImageNet: a tenth of the training images in the search, batches of 128, then 120 epochs of the best on all of them. Its
 * chains begin on images of 64 pixels and more. The paper scores candidates on the official validation images; here those are the test,
 * which no search sees, and images of the train split validate. Not seen on the real ImageNet.
 */
export const PAPER_IMAGENET: Preset = {
  id: 'paper-imagenet',
  definition: runDefinitionSchema.parse({
    ...PAPER.definition,
    name: 'GPT-NAS on ImageNet as published',
    // Its networks have 111 M parameters; what one multiply-accumulate more is worth is not said.
    space: { minBlocks: 10, maxBlocks: 20, stemWidth: 32, maxWidth: 2048, maxMacs: 2e10, maxParameters: 120e6 },
    data: { dataset: 'imagenet', trainShare: 0.1 },
    recipe: { ...PAPER.definition.recipe, batchSize: 128 },
  }),
  finalRecipe: recipeSchema.parse({
    epochs: IMAGENET_EPOCHS,
    batchSize: 128,
    learningRate: 0.01,
    schedule: 'step',
    warmUp: 0,
    milestones: [1, 2, 3].map((fall) => (fall * IMAGENET_FALLS_EVERY) / IMAGENET_EPOCHS),
    stepFactor: 0.1,
  }),
}

export const PRESETS: readonly Preset[] = [PAPER, PAPER_IMAGENET]

/**
 * What the final training takes, from what whole trainings of the search were forecast to: as many times longer as it has more epochs.
 * Its few thousand images more, those that the search keeps for validation, are not counted.
 * @param epochs of the search's trainings
 * @param training seconds of the fastest and the slowest network that was tried
 */
export function finalTrainingTime(
  { finalRecipe }: Pick<Preset, 'finalRecipe'>,
  epochs: number,
  training: { readonly least: number; readonly most: number },
): { readonly low: number; readonly high: number } {
  const times = finalRecipe.epochs / epochs
  return { low: training.least * times, high: training.most * times }
}
