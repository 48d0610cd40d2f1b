// The images of a proof in portions that fit the memory: a whole test split of large pictures is many gigabytes. What each portion is
// asked is the caller's.
import { MIB } from '@shared/units'
import type { Prediction, PredictionInputs } from '@shared/contract/compute'

/** Raw pixels; as float32 in a runtime they are four times as many. Chosen: all 10,000 images of CIFAR-10 are one portion. */
const PORTION_BYTES = 64 * MIB

/** At least one image each; the first has the random inputs. */
export function portionsOf(inputs: PredictionInputs, portionBytes = PORTION_BYTES): PredictionInputs[] {
  const { data, indices, random } = inputs
  const [height, width, channels] = data.shape
  const count = Math.max(1, Math.floor(portionBytes / (height * width * channels)))
  return Array.from({ length: Math.ceil(indices.length / count) }, (_, i) => ({
    data,
    indices: indices.slice(i * count, (i + 1) * count),
    random: i === 0 ? random : { ...random, count: 0 },
  }))
}

/** Answers to portions as one answer; what is not of single images is the first's. */
export function joined<T extends Prediction & { readonly probabilities?: Prediction['logits'] }>(
  answers: readonly T[],
): T {
  const [first] = answers
  if (first === undefined) throw new RangeError('joined() needs at least one answer')
  return {
    ...first,
    logits: answers.flatMap(({ logits }) => logits),
    labels: answers.flatMap(({ labels }) => labels),
    ...(first.probabilities !== undefined && {
      probabilities: answers.flatMap(({ probabilities = [] }) => probabilities),
    }),
  }
}

/** One portion after the other. @throws what `ask` throws */
export async function inPortions<T extends Prediction & { readonly probabilities?: Prediction['logits'] }>(
  inputs: PredictionInputs,
  ask: (portion: PredictionInputs) => Promise<T>,
): Promise<T> {
  const answers: T[] = []
  for (const portion of portionsOf(inputs)) answers.push(await ask(portion))
  return joined(answers)
}
