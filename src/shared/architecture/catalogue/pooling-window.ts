// The window that max and average pooling share: read by their shape rules, the compute, the export and the reference.
import type { ParameterValues } from '../layer'
import { flagOf, paddingOf, pairOf } from './parameter-values'
import type { WindowRule } from './window'

/** @param parameters complete ones of a pooling */
export function poolingWindow(parameters: ParameterValues): WindowRule {
  return {
    kernel: pairOf(parameters, 'kernel'),
    stride: pairOf(parameters, 'stride'),
    dilation: 1,
    padding: paddingOf(parameters),
    ceil: flagOf(parameters, 'ceil'),
  }
}
