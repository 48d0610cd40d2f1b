// Activations as operators of opset 17, by their definitions: hard sigmoid is relu6(x + 3) / 6, GELU the exact one, softmax runs over
// our last axis, which is ONNX's second.
import { attribute, type AttributeProto } from '@shared/exchange/onnx/proto'
import type { Call, Mapping } from './call'
import type { Value } from '../graph-builder'

const stock =
  (operator: string, ...attributes: readonly AttributeProto[]): Mapping =>
  ({ builder, node, inputs: [x] }) =>
    builder.add(operator, node.id, [x.name], x.shape, attributes)

/** Channels of a map or features of a row: both the second axis of ONNX. */
export const CHANNEL_AXIS = attribute.int('axis', 1)

function relu6({ builder, node, inputs: [x] }: Call): Value {
  return builder.add('Clip', node.id, [x.name, builder.scalar(0), builder.scalar(6)], x.shape)
}

/** x * sigmoid(x): the operator Swish came with opset 24. */
function silu({ builder, node, inputs: [x] }: Call): Value {
  const gate = builder.add('Sigmoid', `${node.id}.gate`, [x.name], x.shape)
  return builder.add('Mul', node.id, [x.name, gate.name], x.shape)
}

/** x / 2 (1 + erf(x / sqrt 2)): the operator Gelu came with opset 20. */
function gelu({ builder, node, inputs: [x] }: Call): Value {
  const part = (operator: string, name: string, ...inputs: string[]): string =>
    builder.add(operator, `${node.id}.${name}`, inputs, x.shape).name
  const erf = part('Erf', 'erf', part('Mul', 'scaled', x.name, builder.scalar(Math.SQRT1_2)))
  const doubled = part('Mul', 'gated', x.name, part('Add', 'plus1', erf, builder.scalar(1)))
  return builder.add('Mul', node.id, [doubled, builder.scalar(0.5)], x.shape)
}

/** max(0, min(1, alpha x + beta)); the operator's own default alpha is 0.2. */
const hardSigmoid = stock('HardSigmoid', attribute.float('alpha', 1 / 6), attribute.float('beta', 0.5))

export const activations = {
  relu: stock('Relu'),
  relu6,
  silu,
  gelu,
  'hard-swish': stock('HardSwish'),
  sigmoid: stock('Sigmoid'),
  'hard-sigmoid': hardSigmoid,
  tanh: stock('Tanh'),
  softmax: stock('Softmax', CHANNEL_AXIS),
} satisfies Record<string, Mapping>
