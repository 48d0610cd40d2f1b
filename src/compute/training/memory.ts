// Will a batch fit? A prediction from shapes before anything is allocated, because the kernel's out-of-memory killer ends
// a process without an error that could be caught. How much there is to take is node/memory.ts's.
import { costOf } from '@shared/architecture/cost'
import type { Recipe } from '@shared/search/recipe'
import { MIB } from '@shared/units'
import { elementCount } from '@shared/element-count'
import type { Network } from '../networks/network'

/**
 * Bytes per byte of all layer outputs of a batch: values, gradients and the kernels' scratch copies. Slope of the peak
 * resident size of five trainings (ResNet-20 of widths 4 and 16, three random chains of 98 to 154 layers; 10 to 170 MiB
 * of outputs), which the two figures here predict within 12 %, on the high side.
 */
const TRAINING_FACTOR = 2.5
/** Node, TensorFlow, the recording and its one eager run; intercept of the same five measurements. */
const RUNTIME_BYTES = 475 * MIB
/** Weight, velocity, gradient and the read-out for a checkpoint. */
const COPIES_OF_WEIGHTS = 4

/** Arrays of the weights' size that a recipe adds to those: Adam's second moment, the moving average. */
export const extraCopies = ({ optimizer, weightAverage }: Pick<Recipe, 'optimizer' | 'weightAverage'>): number =>
  Number(optimizer === 'adamw') + Number(weightAverage !== null)

/**
 * Bytes of one training process.
 * @param dataBytes pixels and labels resident in the session
 * @param copies see `extraCopies`
 */
export function trainingBytes(network: Network, batchSize: number, dataBytes: number, copies = 0): number {
  const { activations } = costOf(network.graph, network.shapes)
  const weights = network.arrays.reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0)
  return (
    RUNTIME_BYTES +
    dataBytes +
    (COPIES_OF_WEIGHTS + copies) * weights +
    TRAINING_FACTOR * activations.trainingBytes * batchSize
  )
}
