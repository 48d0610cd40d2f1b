// Native ops that change variables in place (`ResourceApply...`, `Assign...VariableOp`), over ordinary tf.Variables.
// In a recording they become one node on the session's variable; eagerly they run on a resource made for the call, which is slow
// but the same kernel, so that eager and recorded agree to the last bit.
import {
  adopt,
  dataType,
  nativeAttributes,
  nativeBinding,
  nativeId,
  nativeType,
  shapeOf,
  text,
  type Attributes,
  type Tensor,
  type Variable,
} from './backend'
import { currentTrace } from './recorder/trace'

/**
 * Runs a resource op.
 * @param inputs the op's inputs in order: first `updated` variables that it changes, then tensors (a variable among those is read)
 */
export function updateVariables(
  name: string,
  attributes: Attributes,
  inputs: readonly Tensor[],
  updated: number,
): void {
  const variables = inputs.slice(0, updated) as Variable[]
  const trace = currentTrace()
  const ids = inputs.map(nativeId)
  const handles = variables.map((variable, i) => resourceWith(i, ids[i]!, nativeType(variable), variable.shape))
  nativeBinding.executeOp(name, nativeAttributes(attributes), [...handles, ...ids.slice(updated)], 0)
  const results = handles.map((handle, i) => takeValue(handle, nativeType(variables[i]!)))
  trace?.noteUpdate({
    name,
    attributes: nativeAttributes(attributes),
    variables: ids.slice(0, updated),
    inputs: ids.slice(updated),
    results: results.map((tensor) => nativeId(tensor)),
  })
  variables.forEach((variable, i) => {
    variable.assign(results[i]!)
    results[i]!.dispose()
  })
}

/**
 * Named by its place, not by a count: eager TensorFlow keeps a kernel for every name it has seen (3 KB each), for ever. The name is
 * free again when the call is over; the type is part of it, because one left behind by a failed op can take only values of its own.
 */
function resourceWith(position: number, id: number, type: number, shape: readonly number[]): number {
  const attributes: Attributes = {
    container: text(''),
    shared_name: text(`update-${type}-${position}`),
    dtype: dataType(type),
    shape: shapeOf(shape),
  }
  const [handle] = nativeBinding.executeOp('VarHandleOp', nativeAttributes(attributes), [], 1)
  nativeBinding.executeOp('AssignVariableOp', nativeAttributes({ dtype: dataType(type) }), [handle!.id, id], 0)
  return handle!.id
}

function takeValue(handle: number, type: number): Tensor {
  const [value] = nativeBinding.executeOp('ReadVariableOp', nativeAttributes({ dtype: dataType(type) }), [handle], 1)
  nativeBinding.executeOp('DestroyResourceOp', [], [handle], 0)
  nativeBinding.deleteTensor(handle)
  return adopt(value!)
}
