// Arrays of ONNX's layers as networks here store them: ONNX has the outputs outermost, ours the innermost.
import type { Values } from '../imported/network-builder'
import type { OnnxConstant } from './read-graph'

/** `[outputs, inputs, height, width]` as `[height, width, inputs, outputs]`; a depthwise kernel is one of one input a group. */
export function outputsInnermost(kernel: OnnxConstant): Values {
  return () => {
    const found = kernel.numbers()
    if (found === undefined) return undefined
    const [outputs = 1, inputs = 1, height = 1, width = 1] = kernel.dims
    const area = height * width
    const turned = new Float32Array(found.length)
    for (let output = 0; output < outputs; output++)
      for (let input = 0; input < inputs; input++) {
        const from = (output * inputs + input) * area
        for (let position = 0; position < area; position++)
          turned[(position * inputs + input) * outputs + output] = found[from + position] ?? 0
      }
    return turned
  }
}

/** A matrix of a dense layer as `[inputs, outputs]`. @param isTurned it is `[outputs, inputs]` */
export function matrix(kernel: OnnxConstant, isTurned: boolean, factor = 1): Values {
  return () => {
    const found = kernel.numbers()
    if (found === undefined || (!isTurned && factor === 1)) return found
    if (!isTurned) return found.map((value) => value * factor)
    const [outputs = 1, inputs = 1] = kernel.dims
    const turned = new Float32Array(found.length)
    for (let output = 0; output < outputs; output++)
      for (let input = 0; input < inputs; input++)
        turned[input * outputs + output] = (found[output * inputs + input] ?? 0) * factor
    return turned
  }
}

/** One number for each, or one for all. */
export function spread(constant: OnnxConstant, count: number, factor = 1): Values {
  return () => {
    const found = constant.numbers()
    if (found === undefined) return undefined
    const first = found[0] ?? 0
    if (found.length === 1 && count !== 1) return new Float32Array(count).fill(first * factor)
    return factor === 1 ? found : found.map((value) => value * factor)
  }
}
