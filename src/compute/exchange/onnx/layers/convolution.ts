// Convolutions as ONNX's Conv: kernels [outputs, inputs per group, height, width], padding in figures and never `auto_pad`, whose
// SAME is TensorFlow's.
import { convolutionWindow } from '@shared/architecture/catalogue/conv2d'
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import { mapOf, windowCount, windowPadding, type WindowRule } from '@shared/architecture/catalogue/window'
import type { MapShape } from '@shared/architecture/layer'
import type { NamedArray } from '../../../networks/weights'
import { attribute, type AttributeProto } from '@shared/exchange/onnx/proto'
import type { Value } from '../graph-builder'
import type { Call, Mapping } from './call'
import { weightsOf } from './weights'

/** `[top, left, bottom, right]` as ONNX writes padding. */
export function pads(map: MapShape, rule: WindowRule): AttributeProto {
  const [top, bottom] = windowPadding(map[0], rule, 0)
  const [left, right] = windowPadding(map[1], rule, 1)
  return attribute.ints('pads', [top, left, bottom, right])
}

/** Kernel `[height, width, inputs, outputs]` with the outputs and inputs outermost. */
export function outputsFirst({ shape, values }: NamedArray): Float32Array {
  const [height, width, inputs, outputs] = shape as [number, number, number, number]
  const area = height * width
  const turned = new Float32Array(values.length)
  for (let position = 0; position < area; position++)
    for (let input = 0; input < inputs; input++) {
      const from = (position * inputs + input) * outputs
      for (let output = 0; output < outputs; output++)
        turned[(output * inputs + input) * area + position] = values[from + output]!
    }
  return turned
}

/** Depthwise kernel `[height, width, channels, multiplier]`: output `channel * multiplier + m` is the group's m-th. */
function depthwiseFirst({ shape, values }: NamedArray): Float32Array {
  const [height, width, channels, multiplier] = shape as [number, number, number, number]
  return outputsFirst({ name: '', shape: [height, width, 1, channels * multiplier], values })
}

interface Kernel {
  readonly values: Float32Array
  readonly inputs: number
  readonly outputs: number
  readonly groups: number
}

function conv(
  { builder, node, inputs: [x], array, rounded }: Call,
  { values, inputs, outputs, groups }: Kernel,
): Value {
  const rule = convolutionWindow(node.parameters)
  const map = mapOf(x.shape)
  const bias = flagOf(node.parameters, 'bias') ? array('bias').values : null
  const weights = weightsOf(
    builder,
    node.id,
    { dims: [outputs, inputs, ...rule.kernel], values, axis: 0 },
    bias,
    rounded,
  )
  const shape = [windowCount(map[0], rule, 0), windowCount(map[1], rule, 1), outputs] as const
  return builder.add('Conv', node.id, [x.name, ...weights], shape, [
    attribute.ints('kernel_shape', rule.kernel),
    attribute.ints('strides', rule.stride),
    pads(map, rule),
    attribute.ints('dilations', [rule.dilation, rule.dilation]),
    attribute.int('group', groups),
  ])
}

export const convolution: Mapping = (call) => {
  const kernel = call.array('kernel')
  const groups = numberOf(call.node.parameters, 'groups')
  return conv(call, { values: outputsFirst(kernel), inputs: kernel.shape[2]!, outputs: kernel.shape[3]!, groups })
}

export const depthwiseConvolution: Mapping = (call) => {
  const kernel = call.array('kernel')
  const groups = kernel.shape[2]!
  return conv(call, { values: depthwiseFirst(kernel), inputs: 1, outputs: groups * kernel.shape[3]!, groups })
}
