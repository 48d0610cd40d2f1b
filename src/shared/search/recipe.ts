// The recipe: how a candidate is trained. Every default leaves out what the first version of it did not have; what each option
// does exactly is in docs/decisions/030, of precision in 033, and why training predicted blocks alone is off in docs/method.md#weak-points.
import { z } from 'zod'
import { setting } from './settings'

export const PRECISIONS = ['float32', 'mixed-float16', 'mixed-bfloat16'] as const
export type Precision = (typeof PRECISIONS)[number]

export const recipeSchema = z.object({
  epochs: setting(z.number().int().min(1).max(1000).default(6), {
    description: 'Passes over the training images for each candidate.',
    isSimple: true,
    paper: 6,
  }),
  batchSize: setting(z.number().int().min(1).max(4096).default(64), {
    description: 'Images per training step. 64 fits two CPU cores and small subsets.',
    unit: 'images',
    paper: 512,
  }),
  optimizer: setting(z.enum(['sgd', 'adamw']).default('sgd'), {
    description: 'AdamW wants about a fiftieth of the learning rate of SGD.',
    paper: 'sgd',
  }),
  learningRate: setting(z.number().positive().max(10).default(0.05), {
    description: 'The highest rate of the schedule.',
    paper: 0.01,
  }),
  schedule: setting(z.enum(['cosine', 'step', 'linear-warm-up', 'constant']).default('cosine'), {
    description: 'How the rate goes over the steps.',
    paper: 'linear-warm-up',
  }),
  warmUp: setting(z.number().min(0).max(1).default(0.1), {
    description: 'Share of all steps over which the rate rises from 0; not with a constant schedule.',
    kind: 'percent',
  }),
  milestones: setting(z.array(z.number().min(0).max(1)).max(20).default([0.5, 0.75]), {
    description: 'Schedule “step”: shares of all steps at which the rate falls, such as 0.5, 0.75 (He et al. 2015).',
  }),
  stepFactor: setting(z.number().positive().max(1).default(0.1), {
    description: 'Schedule “step”: what the rate is multiplied with at each milestone.',
  }),
  momentum: setting(z.number().min(0).max(0.999).default(0.9), { description: 'SGD only.' }),
  nesterov: setting(z.boolean().default(true), { description: 'SGD only.' }),
  weightDecay: setting(z.number().min(0).max(1).default(5e-4), {
    description: 'On kernels only. SGD adds it to the gradient, AdamW takes it from the weight.',
  }),
  gradientClip: setting(z.number().positive().max(1e6).nullable().default(null), {
    description: 'Largest norm of all gradients together; null leaves them alone.',
  }),
  weightAverage: setting(z.number().min(0).max(0.99999).nullable().default(null), {
    description:
      'Decay of a moving average of the weights, which is then what is scored and kept; null keeps the weights themselves.',
  }),
  labelSmoothing: setting(z.number().min(0).max(0.9).default(0), {
    description: 'Share of a label that is spread over all classes.',
    group: 'augmentation',
  }),
  cropPadding: setting(z.number().int().min(0).max(16).default(4), {
    description: 'Border of zeros added before a random crop; 0 switches it off.',
    group: 'augmentation',
    unit: 'pixels',
  }),
  flip: setting(z.boolean().default(true), { description: 'Mirrors every other image.', group: 'augmentation' }),
  cutout: setting(z.number().int().min(0).max(256).default(0), {
    description: 'Side of the square that is blanked; 0 switches it off.',
    group: 'augmentation',
    unit: 'pixels',
  }),
  brightness: setting(z.number().min(0).max(1).default(0), {
    description: 'Largest relative change; 0 switches it off.',
    group: 'augmentation',
    kind: 'percent',
  }),
  contrast: setting(z.number().min(0).max(1).default(0), {
    description: 'Largest relative change; 0 switches it off.',
    group: 'augmentation',
    kind: 'percent',
  }),
  saturation: setting(z.number().min(0).max(1).default(0), {
    description: 'Largest relative change; 0 switches it off.',
    group: 'augmentation',
    kind: 'percent',
  }),
  mixup: setting(z.number().min(0).max(8).default(0), {
    description: 'Alpha of the Beta distribution that mixes pairs of images; 0 switches it off.',
    group: 'augmentation',
  }),
  cutmix: setting(z.number().min(0).max(8).default(0), {
    description: 'The same for pasting a box of another image. With both on, each image draws which.',
    group: 'augmentation',
  }),
  randAugmentOperations: setting(z.number().int().min(0).max(4).default(0), {
    description: 'Operations of RandAugment on each image; 0 switches it off.',
    group: 'augmentation',
  }),
  randAugmentMagnitude: setting(z.number().min(0).max(30).default(9), {
    description: 'Strength of RandAugment on its scale of 0 to 30.',
    group: 'augmentation',
  }),
  patience: setting(z.number().int().min(1).nullable().default(null), {
    description: 'Ends a training whose validation accuracy has not risen for so many epochs; null trains all.',
    unit: 'epochs',
  }),
  precision: setting(z.enum(PRECISIONS).default('float32'), {
    description: 'Mixed precision trains faster on a GPU. A processor trains in float32 and says so.',
  }),
  deterministic: setting(z.boolean().default(false), {
    description: 'Nothing that depends on the state of the machine may change the numbers. Slower.',
  }),
  trainPredictedOnly: setting(z.boolean().default(false), {
    description:
      'The paper’s first acceleration rule: trains what the proposer put in, and the head. Faster, and scores networks less fairly.',
  }),
})
export type Recipe = z.infer<typeof recipeSchema>
