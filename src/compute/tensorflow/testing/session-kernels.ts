// What TensorFlow puts in place of an op in sessions only, done to op-by-op runs too: with oneDNN on, its graph pass exchanges Softmax
// and the gradient of a maximum pooling, whose eager kernels stay Eigen's. Whether that explains a difference is then seen, not said.
import { backend, nativeBinding } from '../backend'
import type { NativeAttribute } from '../binding'

const text = (name: string, value: string): NativeAttribute => ({ name, type: nativeBinding.TF_ATTR_STRING, value })
/** By what oneDNN's kernels of plain layout are registered (mkl_graph_util.h). */
const KERNEL = text('_kernel', 'MklNameChangeOp')

/** Runs `body` with every eager Softmax, MaxPool and MaxPoolGrad as a session with oneDNN on runs them. */
export function withSessionKernels<T>(body: () => T): T {
  const real = backend.binding
  /** What the pass wires from a pooling to its gradient: which value of each window was the largest. By the pooling's result. */
  const workspaces = new Map<number, number>()
  const withWorkspace: NativeAttribute = { name: 'workspace_enabled', type: real.TF_ATTR_BOOL, value: true }
  const executeOp: typeof real.executeOp = (name, attributes, inputs, outputs) => {
    if (name === 'Softmax') return real.executeOp('_MklSoftmax', [...attributes, KERNEL], inputs, outputs)
    if (name === 'MaxPool') {
      const given = [...attributes, withWorkspace, KERNEL]
      const [result, workspace] = real.executeOp('_MklNativeMaxPool', given, inputs, 2)
      workspaces.set(result!.id, workspace!.id)
      return [result!]
    }
    const workspace = name === 'MaxPoolGrad' ? workspaces.get(inputs[1]!) : undefined
    if (workspace === undefined) return real.executeOp(name, attributes, inputs, outputs)
    return real.executeOp(
      '_MklNativeMaxPoolGrad',
      [...attributes, withWorkspace, KERNEL],
      [...inputs, workspace],
      outputs,
    )
  }
  backend.binding = Object.create(real, { executeOp: { value: executeOp } }) as typeof real
  try {
    return body()
  } finally {
    backend.binding = real
    workspaces.forEach((id) => real.deleteTensor(id))
  }
}
