// A checkpoint with drawn weights in the sizes of preset paper: everything but its opinions is real. For tests only.
import { proposerTrainingSchema } from '@shared/contract/proposer'
import { createRandom } from '@shared/random'
import type { NamedArray } from '../../networks/weights'
import { writeCheckpoint } from '../model/checkpoint'
import { classifierParameters, paperClassifier, PRIOR } from '../model/classifier'
import { gptParameters, paperGpt } from '../model/gpt'
import type { ModelDescription } from '../model/model-file'
import { initialArrays } from '../model/parameters'

export const drawnDescription: ModelDescription = {
  name: 'drawn',
  gpt: paperGpt,
  classifier: paperClassifier,
  training: { ...proposerTrainingSchema.parse({ name: 'drawn' }), command: 'none', seconds: 0 },
  corpus: {},
  metrics: {},
  measurements: [],
}

/** As the first format had it: a classifier without a table of counts. */
export const drawnFirstFormat: ModelDescription = {
  ...drawnDescription,
  classifier: { ...paperClassifier, prior: undefined },
}

/** Twenty times GPT-1's initial spread, so that its probabilities are far from uniform. */
export function drawnArrays(seed: number, { classifier }: ModelDescription = drawnDescription): NamedArray[] {
  const random = createRandom(seed)
  // Behind a table the network would begin with nothing.
  const own = classifierParameters({ ...classifier, prior: false })
  const arrays = initialArrays([...gptParameters(paperGpt), ...own], seed)
  const table = classifierParameters(classifier)
    .filter(({ name }) => name === PRIOR)
    .map((spec) => ({ ...spec, initial: 'normal', deviation: 1 }) as const)
  return arrays
    .concat(initialArrays(table, seed))
    .map((array) =>
      array.name === 'gpt/tokens' ? { ...array, values: array.values.map((value) => value * 20) } : array,
    )
    .map((array) =>
      array.name.endsWith('/bias') ? { ...array, values: array.values.map(() => random.next() - 0.5) } : array,
    )
}

export const writeDrawn = (folder: string, seed = 7, description = drawnDescription): Promise<string> =>
  writeCheckpoint(folder, description, '# drawn\n', drawnArrays(seed, description))
