// The augmentations as one pipeline: recorded equals eager, off means off, and gradients reach the weights behind it.
import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { recipeSchema } from '@shared/search/recipe'
import { scoped, tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../tensorflow/backend'
import { distributionCrossEntropy, softmaxCrossEntropy } from '../tensorflow/kernels/cross-entropy'
import { matMul, mean } from '../tensorflow/kernels/dense'
import { globalAveragePool } from '../tensorflow/kernels/pooling'
import type { Seed } from '../tensorflow/kernels/random'
import { entry } from '../tensorflow/recorder/program'
import { record } from '../tensorflow/recorder/record'
import { augment, type Augmentation } from './augmentation'

const [BATCH, SIDE, CLASSES] = [8, 16, 3]
const normalisation = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.2, 0.25] }
const off = { cropPadding: 0, flip: false }
const CASES: Readonly<Record<string, Partial<Augmentation>>> = {
  'crop and flip': { cropPadding: 2, flip: true },
  cutout: { ...off, cutout: 6 },
  colours: { ...off, brightness: 0.4, contrast: 0.4, saturation: 0.4 },
  mixup: { ...off, mixup: 0.2 },
  cutmix: { ...off, cutmix: 1 },
  RandAugment: { ...off, randAugmentOperations: 2, randAugmentMagnitude: 15 },
  everything: {
    cropPadding: 2,
    flip: true,
    cutout: 4,
    brightness: 0.2,
    contrast: 0.2,
    saturation: 0.2,
    mixup: 0.2,
    cutmix: 1,
    labelSmoothing: 0.1,
    randAugmentOperations: 2,
  },
}

function program(change: Partial<Augmentation>) {
  const recipe = recipeSchema.parse(change)
  const random = createRandom(2)
  const weights = tf.variable(
    tf.tensor2d(
      Array.from({ length: 3 * CLASSES }, () => random.next() - 0.5),
      [3, CLASSES],
    ),
  )
  const shape = [BATCH, SIDE, SIDE, 3] as const
  const recorded = record({
    variables: { weights },
    entries: {
      step: entry(
        {
          pixels: { shape, dtype: 'int32' },
          labels: { shape: [BATCH], dtype: 'int32' },
          seed: { shape: [2], dtype: 'int32' },
        } as const,
        ({ pixels, labels, seed }) => {
          const batch = { pixels, labels: labels as Tensor1D }
          const { images, targets } = augment(batch, { recipe, normalisation, classes: CLASSES, seed: seed as Seed })
          const loss = (): Scalar => {
            const logits = matMul(globalAveragePool(images) as Tensor2D, weights as unknown as Tensor2D)
            return mean(
              targets === null
                ? softmaxCrossEntropy(logits, batch.labels, recipe.labelSmoothing)
                : distributionCrossEntropy(logits, targets),
            )
          }
          const { value, grads } = tf.variableGrads(loss, [weights])
          return { images: images as Tensor, loss: value as Tensor, gradient: grads[weights.name]! }
        },
      ),
    },
  })
  const feeds = (number: number) => ({
    pixels: Int32Array.from({ length: BATCH * SIDE * SIDE * 3 }, () => random.integer(256)),
    labels: Int32Array.from({ length: BATCH }, () => random.integer(CLASSES)),
    seed: Int32Array.of(number, 77),
  })
  return { recorded, feeds, weights }
}

describe.each(Object.entries(CASES))('%s', (_, change) => {
  it('recorded equals eager, differs from step to step, and lets the gradient through', () => {
    const { recorded, feeds, weights } = program(change)
    const fed = feeds(1)
    const [graph, eager] = [recorded.run('step', fed), recorded.runEagerly('step', fed)]
    // The graph optimiser re-associates constants (docs/decisions/016): rounding apart, every pixel is the same.
    graph.images.forEach((value, i) => expect(Math.abs(value - eager.images[i]!)).toBeLessThan(1e-5))
    graph.gradient.forEach((value, i) => expect(Math.abs(value - eager.gradient[i]!)).toBeLessThan(1e-5))
    expect(recorded.run('step', fed)).toEqual(graph)
    expect(recorded.run('step', { ...fed, seed: Int32Array.of(2, 77) }).images).not.toEqual(graph.images)
    expect(graph.gradient.every((value) => Number.isFinite(value) && value !== 0)).toBe(true)
    recorded.dispose()
    weights.dispose()
  })
})

describe('nothing', () => {
  it('is what a recipe without augmentation does to the pixels', () =>
    scoped(() => {
      const { recorded, feeds, weights } = program(off)
      const fed = feeds(1)
      const { images } = recorded.run('step', fed)
      images.forEach((value, i) => {
        const channel = i % 3
        const wanted = (fed.pixels[i]! / 255 - normalisation.mean[channel]!) / normalisation.deviation[channel]!
        expect(value).toBeCloseTo(wanted, 4)
      })
      recorded.dispose()
      weights.dispose()
    }))
})
