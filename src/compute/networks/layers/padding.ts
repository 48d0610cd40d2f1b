// The document's padding in figures, so that `half` and TensorFlow's SAME cannot be mixed up.
import { windowPadding, type WindowRule } from '@shared/architecture/catalogue/window'
import type { Tensor4D } from '../../tensorflow/backend'
import type { ExplicitPadding } from '../../tensorflow/kernels/padding'

/** Zeros on each side of `x`; without what a rounded-up last window reaches beyond, which pooling kernels add themselves. */
export function explicitPadding(x: Tensor4D, rule: WindowRule): ExplicitPadding {
  const exact: WindowRule = { ...rule, ceil: false }
  const [top, bottom] = windowPadding(x.shape[1], exact, 0)
  const [left, right] = windowPadding(x.shape[2], exact, 1)
  return { top, bottom, left, right }
}
