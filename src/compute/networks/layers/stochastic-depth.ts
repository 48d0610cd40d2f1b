// Branches of whole images left out by chance, while training.
import { stochasticDepth as drop } from '../../tensorflow/kernels/random'
import { withoutArrays } from './layer'
import { whileTraining } from './while-training'

export const stochasticDepth = withoutArrays(whileTraining(drop))
