// Activations as TensorFlow's operations, by their definitions: hard sigmoid is relu6(x + 3) / 6, GELU the exact one.
import type { Value } from '../graph-builder'
import type { Call, Mapping } from './call'

const stock =
  (operation: string): Mapping =>
  ({ builder, node, inputs: [x] }) =>
    builder.add(operation, node.id, [x.name], x.shape)

const silu: Mapping = ({ builder, node, inputs: [x] }) => {
  const gate = builder.add('Sigmoid', `${node.id}.gate`, [x.name], x.shape)
  return builder.add('Mul', node.id, [x.name, gate.name], x.shape)
}

/** x / 2 (1 + erf(x / sqrt 2)). */
const gelu: Mapping = ({ builder, node, inputs: [x] }) => {
  const part = (operation: string, name: string, ...inputs: string[]): string =>
    builder.add(operation, `${node.id}.${name}`, inputs, x.shape).name
  const erf = part('Erf', 'erf', part('Mul', 'scaled', x.name, builder.scalar(Math.SQRT1_2)))
  const doubled = part('Mul', 'gated', x.name, part('AddV2', 'plus1', erf, builder.scalar(1)))
  return builder.add('Mul', node.id, [doubled, builder.scalar(0.5)], x.shape)
}

/** @param id the last node's */
function gate({ builder, node, inputs: [x] }: Call, id: string): Value {
  const shifted = builder.add('AddV2', `${node.id}.plus3`, [x.name, builder.scalar(3)], x.shape)
  const clipped = builder.add('Relu6', `${node.id}.clipped`, [shifted.name], x.shape)
  return builder.add('Mul', id, [clipped.name, builder.scalar(1 / 6)], x.shape)
}

const hardSwish: Mapping = (call) => {
  const { builder, node, inputs } = call
  return builder.add('Mul', node.id, [inputs[0].name, gate(call, `${node.id}.gate`).name], inputs[0].shape)
}

export const activations = {
  relu: stock('Relu'),
  relu6: stock('Relu6'),
  silu,
  gelu,
  'hard-swish': hardSwish,
  sigmoid: stock('Sigmoid'),
  'hard-sigmoid': (call: Call): Value => gate(call, call.node.id),
  tanh: stock('Tanh'),
  // Along the last axis, ours.
  softmax: stock('Softmax'),
} satisfies Record<string, Mapping>
