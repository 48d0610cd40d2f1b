// Which arrays a layer has, and their shapes, as networks store them.
import type { ParameterValues, TensorShape } from '../../architecture/layer'

/** Shapes of the arrays of a layer with complete parameters, as networks store them (docs/extending.md#a-layer-with-weights). */
export function arrayShapes(
  kind: string,
  parameters: ParameterValues,
  input: TensorShape,
): Readonly<Record<string, readonly number[]>> {
  const channels = input[input.length - 1] ?? 1
  const biased = (features: number): Record<string, readonly number[]> =>
    parameters['bias'] === true ? { bias: [features] } : {}
  const number = (name: string): number => Number(parameters[name])
  switch (kind) {
    case 'conv2d': {
      const features = number('channels')
      const [height, width] = parameters['kernel'] as readonly [number, number]
      return { kernel: [height, width, channels / number('groups'), features], ...biased(features) }
    }
    case 'depthwise-conv2d': {
      const [height, width] = parameters['kernel'] as readonly [number, number]
      const multiplier = number('multiplier')
      return { kernel: [height, width, channels, multiplier], ...biased(channels * multiplier) }
    }
    case 'dense':
      return { kernel: [channels, number('features')], ...biased(number('features')) }
    case 'batch-norm':
      return { gamma: [channels], beta: [channels], 'moving-mean': [channels], 'moving-variance': [channels] }
    default:
      return {}
  }
}
