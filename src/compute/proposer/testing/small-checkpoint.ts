// A checkpoint with drawn weights in the sizes of preset paper: everything but its opinions is real. For tests only.
import { proposerTrainingSchema } from '@shared/contract/proposer'
import { createRandom } from '@shared/random'
import type { NamedArray } from '../../networks/weights'
import { writeCheckpoint } from '../model/checkpoint'
import { classifierParameters, paperClassifier } from '../model/classifier'
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

/** Twenty times GPT-1's initial spread, so that its probabilities are far from uniform. */
export function drawnArrays(seed: number): NamedArray[] {
  const random = createRandom(seed)
  const arrays = initialArrays([...gptParameters(paperGpt), ...classifierParameters(paperClassifier)], seed)
  return arrays
    .map((array) =>
      array.name === 'gpt/tokens' ? { ...array, values: array.values.map((value) => value * 20) } : array,
    )
    .map((array) =>
      array.name.endsWith('/bias') ? { ...array, values: array.values.map(() => random.next() - 0.5) } : array,
    )
}

export const writeDrawn = (folder: string, seed = 7): Promise<string> =>
  writeCheckpoint(folder, drawnDescription, '# drawn\n', drawnArrays(seed))
