// A batch of raw pixels to what the first layer sees in training, in the order of torchvision's references: colours,
// RandAugment, normalisation, crop, flip, cutout, mixing. What a recipe leaves off adds no op to the graph.
import type { Recipe } from '@shared/search/recipe'
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '../tensorflow/backend'
import { randomCrop, randomFlip } from '../tensorflow/kernels/augment'
import { cutout } from '../tensorflow/kernels/boxes'
import { colourJitter } from '../tensorflow/kernels/colour'
import { classTargets } from '../tensorflow/kernels/cross-entropy'
import { cast } from '../tensorflow/kernels/gather'
import { mixPairs } from '../tensorflow/kernels/mix'
import { randAugment } from '../tensorflow/kernels/rand-augment'
import type { Seed } from '../tensorflow/kernels/random'
import { normalise, type Normalisation } from './normalise'

export type Augmentation = Pick<
  Recipe,
  | 'cropPadding'
  | 'flip'
  | 'cutout'
  | 'brightness'
  | 'contrast'
  | 'saturation'
  | 'mixup'
  | 'cutmix'
  | 'randAugmentOperations'
  | 'randAugmentMagnitude'
  | 'labelSmoothing'
>

export interface Batch {
  /** uint8 `[batch, height, width, channels]` */
  readonly pixels: Tensor
  /** int32 `[batch]` */
  readonly labels: Tensor1D
}

export interface AugmentedBatch {
  /** float32 of the pixels' shape, normalised. */
  readonly images: Tensor4D
  /** `[batch, classes]`, smoothing included; null where each image is of one class: the labels say it all. */
  readonly targets: Tensor2D | null
}

export interface AugmentOptions {
  readonly recipe: Augmentation
  readonly normalisation: Normalisation
  /** Number of classes. */
  readonly classes: number
  readonly seed: Seed
}

/** Belongs to the surrounding tidy; no gradient goes through it. */
export function augment({ pixels, labels }: Batch, options: AugmentOptions): AugmentedBatch {
  const { recipe, normalisation, classes, seed } = options
  const {
    brightness,
    contrast,
    saturation,
    randAugmentOperations: operations,
    randAugmentMagnitude: magnitude,
  } = recipe
  let changed = pixels
  if (brightness + contrast + saturation > 0)
    changed = colourJitter(cast(changed, 'float32') as Tensor4D, { brightness, contrast, saturation }, seed)
  if (operations > 0) changed = randAugment(cast(changed, 'float32') as Tensor4D, { operations, magnitude }, seed)
  const cropped = randomCrop(normalise(changed, normalisation), recipe.cropPadding, seed)
  const flipped = recipe.flip ? randomFlip(cropped, seed) : cropped
  const images = cutout(flipped, recipe.cutout, seed)
  if (recipe.mixup === 0 && recipe.cutmix === 0) return { images, targets: null }
  return mixPairs(images, classTargets(labels, classes, recipe.labelSmoothing), recipe, seed)
}
