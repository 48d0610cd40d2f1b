// The weights that the training of one architecture begins with.
import type { RunDefinition } from '../../search/run'

/** Their hash; undefined where training begins at random. */
export const initialWeightsOf = ({ space }: Pick<RunDefinition, 'space'>): string | undefined =>
  space.kind === 'single' ? space.initialWeights : undefined
