// Elements left out by chance, while training.
import { dropout as drop } from '../../tensorflow/kernels/random'
import { withoutArrays } from './layer'
import { whileTraining } from './while-training'

export const dropout = withoutArrays(whileTraining(drop))
