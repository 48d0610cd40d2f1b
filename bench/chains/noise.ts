// How far accuracies of one chain lie apart that was trained with different seeds.
import { chainText, type TrainedChain } from '../../src/shared/proposer/corpus/trained-chains'

/** Of validation accuracies on 1,000 images alone, at 70 %: what stands for the noise where nothing is repeated. */
const OF_THE_IMAGES = 0.0145

/** Trainings of each chain of the first data set that was trained more than once under the same conditions. */
export function repeatedTrainings(corpus: readonly TrainedChain[]): number[][] {
  const [first] = corpus
  const of = new Map<string, number[]>()
  for (const { genotype, accuracy, part, dataset } of corpus)
    if (part !== 'longer' && dataset === first?.dataset)
      of.set(chainText(genotype), [...(of.get(chainText(genotype)) ?? []), accuracy])
  return [...of.values()].filter(({ length }) => length > 1)
}

/** Root of the mean variance of repeats, a fraction. */
export function noiseOf(corpus: readonly TrainedChain[]): number {
  const repeated = repeatedTrainings(corpus)
  if (repeated.length === 0) return OF_THE_IMAGES
  const variances = repeated.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  })
  return Math.sqrt(variances.reduce((sum, value) => sum + value, 0) / variances.length)
}
