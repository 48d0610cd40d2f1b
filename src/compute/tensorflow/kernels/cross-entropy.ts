// Softmax cross-entropy whose native forward already computes the gradient.
import { executeOp, executeSingle, tf, type Tensor1D, type Tensor2D } from '../backend'
import { differentiable } from './native-op'

/**
 * Loss of each example.
 * @param logits `[batch, classes]`
 * @param labels `[batch]` int32, each in [0, classes)
 * @param smoothing label smoothing in [0, 1): the target is (1 - s) one-hot + s / classes (Szegedy et al. 2016)
 * @returns `[batch]`; take `mean` of it, or weigh it first where a batch is padded
 */
export function softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D, smoothing = 0): Tensor1D {
  return differentiable(
    [logits],
    () => {
      const [losses, gradient] =
        smoothing === 0
          ? executeOp('SparseSoftmaxCrossEntropyWithLogits', {}, [logits, labels], 2)
          : executeOp(
              'SoftmaxCrossEntropyWithLogits',
              {},
              [logits, classTargets(labels, logits.shape[1], smoothing)],
              2,
            )
      return { value: losses as Tensor1D, saved: [gradient] }
    },
    (dy, [gradient]) => [tf.mul(gradient, tf.reshape(dy, [dy.size, 1]))],
  )
}

/**
 * Loss of each example against a distribution.
 * @param logits `[batch, classes]`
 * @param targets `[batch, classes]`, each row sums to 1; no gradient goes there
 * @returns `[batch]`
 */
export function distributionCrossEntropy(logits: Tensor2D, targets: Tensor2D): Tensor1D {
  return differentiable(
    [logits],
    () => {
      const [losses, gradient] = executeOp('SoftmaxCrossEntropyWithLogits', {}, [logits, targets], 2)
      return { value: losses as Tensor1D, saved: [gradient] }
    },
    (dy, [gradient]) => [tf.mul(gradient, tf.reshape(dy, [dy.size, 1]))],
  )
}

/** `[batch, classes]`: (1 - s) one-hot + s / classes. */
export function classTargets(labels: Tensor1D, classes: number, smoothing = 0): Tensor2D {
  const elsewhere = smoothing / classes
  return executeSingle('OneHot', {}, [
    labels,
    tf.scalar(classes, 'int32'),
    tf.scalar(1 - smoothing + elsewhere),
    tf.scalar(elsewhere),
  ]) as Tensor2D
}
