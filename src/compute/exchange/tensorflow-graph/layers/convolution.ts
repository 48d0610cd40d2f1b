// Convolutions. Kernels are laid out as ours. What only some programs run (groups, a dilated depthwise convolution, dilation with a
// stride) is written as what all of them do, see kernels.ts.
import { convolutionWindow } from '@shared/architecture/catalogue/conv2d'
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import { mapOf, windowCount, type WindowRule } from '@shared/architecture/catalogue/window'
import { BLOCK_DIAGONAL_LIMIT, blockDiagonal, groupKernel, spreadKernel, spreadRule, type Kernel } from '../../kernels'
import type { GraphBuilder, Value } from '../graph-builder'
import { attr, DT_INT32 } from '../proto'
import type { Call, Mapping } from './call'
import { forWindow, mapAxes, padded } from './window'

interface Operation {
  readonly operation?: 'Conv2D' | 'DepthwiseConv2dNative'
  readonly kernel: Kernel
  readonly bias: Float32Array | null
  readonly rule: WindowRule
}

/** @param x padded as `padding` says @param map height and width of the output */
function convolve(
  builder: GraphBuilder,
  id: string,
  { x, padding }: ReturnType<typeof forWindow>,
  map: readonly [number, number],
  { operation = 'Conv2D', kernel, bias, rule }: Operation,
): Value {
  const [, , inputs, last] = kernel.shape as [number, number, number, number]
  const channels = operation === 'Conv2D' ? last : inputs * last
  const weight = builder.constant(`${id}.kernel`, kernel.shape, kernel.values, kernel.grid)
  const found = builder.add(operation, bias ? `${id}.unbiased` : id, [x.name, weight], [...map, channels], {
    strides: mapAxes(rule.stride),
    padding,
    data_format: attr.text('NHWC'),
    dilations: mapAxes([rule.dilation, rule.dilation]),
  })
  return bias ? biased(builder, id, found, bias) : found
}

function biased(builder: GraphBuilder, id: string, x: Value, values: Float32Array): Value {
  const bias = builder.constant(`${id}.bias`, [values.length], values)
  return builder.add('BiasAdd', id, [x.name, bias], x.shape, { data_format: attr.text('NHWC') })
}

function setUp({ builder, node, inputs: [x], array }: Call, mayDilate: boolean) {
  const asked = convolutionWindow(node.parameters)
  const isKept = mayDilate && asked.stride[0] * asked.stride[1] === 1
  const rule = isKept ? asked : spreadRule(asked)
  const kernel = isKept ? array('kernel') : spreadKernel(array('kernel'), asked.dilation)
  const [height, width] = mapOf(x.shape)
  const map = [windowCount(height, rule, 0), windowCount(width, rule, 1)] as const
  const bias = flagOf(node.parameters, 'bias') ? array('bias').values : null
  return { rule, kernel, map, bias, input: () => forWindow(builder, node.id, x, rule) }
}

/** @param x the input as it is @param input the same, padded for the window */
function depthwise(
  builder: GraphBuilder,
  id: string,
  x: Value,
  input: () => ReturnType<typeof forWindow>,
  map: readonly [number, number],
  given: Omit<Operation, 'operation'>,
): Value {
  const operation = 'DepthwiseConv2dNative'
  const [down, across] = given.rule.stride
  if (down === across) return convolve(builder, id, input(), map, { ...given, operation })
  const rule: WindowRule = { ...given.rule, stride: [1, 1] }
  const whole = padded(builder, `${id}.whole-pad`, x, given.rule)
  const [height, width] = mapOf(whole.shape)
  const [rows, columns] = [height - rule.kernel[0] + 1, width - rule.kernel[1] + 1]
  const valid = { x: whole, padding: attr.text('VALID') }
  const every = convolve(builder, `${id}.every`, valid, [rows, columns], { ...given, rule, operation })
  return builder.add('MaxPool', id, [every.name], [...map, mapOf(every.shape)[2]], {
    ksize: mapAxes([1, 1]),
    strides: mapAxes(given.rule.stride),
    padding: attr.text('VALID'),
    data_format: attr.text('NHWC'),
  })
}

export const convolution: Mapping = (call) => {
  const { builder, node } = call
  const groups = numberOf(node.parameters, 'groups')
  const groupInputs = call.array('kernel').shape[2]!
  const { rule, kernel, map, bias, input } = setUp(call, groups === 1 || groupInputs > 1)
  if (groups === 1) return convolve(builder, node.id, input(), map, { kernel, bias, rule })
  const [height, width, , outputs] = kernel.shape as [number, number, number, number]
  if (groupInputs === 1) {
    // Output o of group g is g * multiplier + o: the depthwise order, so the same numbers in the same place.
    const turned = { ...kernel, shape: [height, width, groups, outputs / groups] }
    return depthwise(builder, node.id, call.inputs[0], input, map, { kernel: turned, bias, rule })
  }
  const inputs = groupInputs * groups
  if (height * width * inputs * outputs <= BLOCK_DIAGONAL_LIMIT)
    return convolve(builder, node.id, input(), map, { kernel: blockDiagonal(kernel, groups), bias, rule })
  const whole = input()
  const split = builder.add(
    'Split',
    `${node.id}.groups`,
    [builder.integers([3], []), whole.x.name],
    [...map, groupInputs],
    { num_split: attr.int(groups) },
  )
  const parts = Array.from({ length: groups }, (_, group) => {
    const x = { name: group === 0 ? split.name : `${split.name}:${group}`, shape: split.shape }
    const own = { kernel: groupKernel(kernel, groups, group), bias: null, rule }
    return convolve(builder, `${node.id}.group${group}`, { ...whole, x }, map, own).name
  })
  const joined = builder.add(
    'ConcatV2',
    bias ? `${node.id}.unbiased` : node.id,
    [...parts, builder.integers([3], [])],
    [...map, outputs],
    { N: attr.int(groups), Tidx: attr.type(DT_INT32) },
  )
  return bias ? biased(builder, node.id, joined, bias) : joined
}

/**
 * TensorFlow's own kernel takes neither dilation nor two different strides on a processor: the kernel is spread, and of a convolution
 * with stride 1 a maximum over one position takes what is wanted.
 */
export const depthwiseConvolution: Mapping = (call) => {
  const { builder, node } = call
  const { rule, kernel, map, bias, input } = setUp(call, false)
  return depthwise(builder, node.id, call.inputs[0], input, map, { kernel, bias, rule })
}
