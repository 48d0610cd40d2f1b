// What is learned from a row: the GPT learns the next layer at every position of the window (paper Eq. 2; GPT-1's language
// modelling), the classifier the block that begins with a layer behind a window.
import { START_TOKEN } from '@shared/language'
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '../../tensorflow/backend'
import { softmaxCrossEntropy } from '../../tensorflow/kernels/cross-entropy'
import { mean } from '../../tensorflow/kernels/dense'
import { cast } from '../../tensorflow/kernels/gather'
import { classifierLogits, PRIOR, type ClassifierSizes } from '../model/classifier'
import { BLOCK_ROW, WINDOW_ROW } from './corpus'
import { gptHidden, gptLogits, lastPositions, type GptSizes } from '../model/gpt'
import type { Objective } from './trainer'

/** Columns `[from, to)` of the rows, as one list. */
function columns(rows: Tensor2D, from: number, to: number): Tensor1D {
  const batch = rows.shape[0]
  return tf.reshape(tf.slice(rows, [0, from], [batch, to - from]), [batch * (to - from)])
}

export function nextLayerObjective(sizes: GptSizes): Objective {
  const { window } = sizes
  return {
    width: WINDOW_ROW,
    loss: (rows, weights) => {
      const targets = columns(rows, 1, window + 1)
      const losses = softmaxCrossEntropy(
        gptLogits(gptHidden(columns(rows, 0, window), weights, sizes), weights),
        targets,
      )
      // `<start>` fills up short windows; nobody has to predict it.
      const counts = cast(tf.notEqual(targets, tf.scalar(START_TOKEN, 'int32')) as Tensor, 'float32')
      return tf.div(tf.sum(tf.mul(losses, counts)), tf.sum(counts)) as Scalar
    },
    logits: (rows, weights) =>
      gptLogits(lastPositions(gptHidden(columns(rows, 0, window), weights, sizes), sizes), weights),
  }
}

export function blockObjective(sizes: ClassifierSizes): Objective {
  const { window } = sizes
  const logits = (rows: Tensor2D, weights: Parameters<Objective['logits']>[1]): Tensor2D =>
    classifierLogits(columns(rows, 0, window), columns(rows, window, window + 1), weights, sizes)
  return {
    width: BLOCK_ROW,
    counted: [PRIOR],
    loss: (rows, weights) => mean(softmaxCrossEntropy(logits(rows, weights), columns(rows, window + 1, window + 2))),
    logits,
  }
}
