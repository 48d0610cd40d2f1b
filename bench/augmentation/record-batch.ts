// An augmented batch without a network: rows picked, cropped and mirrored as a training step does it, in a session of its own.
import { recipeSchema } from '../../src/shared/search/recipe'
import { tf, type Tensor1D } from '../../src/compute/tensorflow/backend'
import { mean } from '../../src/compute/tensorflow/kernels/dense'
import type { Seed } from '../../src/compute/tensorflow/kernels/random'
import { entry } from '../../src/compute/tensorflow/recorder/program'
import { record } from '../../src/compute/tensorflow/recorder/record'
import { augment } from '../../src/compute/data/augmentation'
import type { Normalisation } from '../../src/compute/data/normalise'
import { residentData } from '../../src/compute/data/resident-data'
import type { SplitRows } from '../../src/compute/data/split-data'
import type { BatchFeeds } from '../../src/compute/data/training-data'
import { OFF, VARIANTS } from './variants'

/** Its mean is fetched, so that every pixel is made; that costs a little more than the batch. */
export function recordBatch(rows: SplitRows, batch: number, normalisation: Normalisation) {
  const recipe = recipeSchema.parse({ ...OFF, ...VARIANTS['crop and flip'] })
  const source = residentData(rows).source()
  const program = record({
    variables: source.variables,
    entries: {
      batch: entry({ ...source.feeds(batch), seed: { shape: [2], dtype: 'int32' } } as const, (feeds) => {
        const { images } = augment(source.pick(feeds), {
          recipe,
          normalisation,
          classes: rows.classes,
          seed: feeds.seed as Seed,
        })
        return { mean: mean(tf.reshape(images, [images.size]) as Tensor1D) }
      }),
    },
  })
  tf.dispose(Object.values(source.variables))
  return {
    run: (indices: Int32Array, seed: Int32Array): void =>
      void program.run('batch', { ...({ indices } satisfies BatchFeeds), seed }),
    dispose: (): void => program.dispose(),
  }
}
