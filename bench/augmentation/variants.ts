// What bench:augmentation compares, and what its child is asked and answers. Pure: the parent does not load TensorFlow.
import type { Recipe } from '../../src/shared/search/recipe'

/** No augmentation at all. */
export const OFF: Partial<Recipe> = { cropPadding: 0, flip: false }

/** Beside `none`, each option alone, at the strength its paper or torchvision's reference gives for CIFAR-10. */
export const VARIANTS = {
  none: {},
  'crop and flip': { cropPadding: 4, flip: true },
  'cutout 16': { cutout: 16 },
  colour: { brightness: 0.4, contrast: 0.4, saturation: 0.4 },
  mixup: { mixup: 1 },
  cutmix: { cutmix: 1 },
  'mixup and cutmix': { mixup: 1, cutmix: 1 },
  'RandAugment 2 x 9': { randAugmentOperations: 2, randAugmentMagnitude: 9 },
} as const satisfies Readonly<Record<string, Partial<Recipe>>>

export interface AugmentationJob {
  readonly width: number
  readonly batch: number
  /** Rounds before the clock starts, and measured ones; a round is one step of each variant. */
  readonly warmUp: number
  readonly rounds: number
}

export interface StepTime {
  readonly ms: number
  /** Processor time of all threads: hardly changes when the machine is busy with something else. */
  readonly cpuMs: number
}

/** One value for each round. */
export interface AugmentationTimes {
  readonly steps: Readonly<Record<string, readonly StepTime[]>>
  /** Picking, cropping and mirroring a batch, without a network. */
  readonly batchAlone: readonly StepTime[]
}
