// A native op whose results are off by a factor, as a defective kernel's would be: shows that a check sees what it is for.
import { backend } from '../backend'
import { DataType } from '../binding'

/** Runs `body` with the first result of every call of `op` scaled. */
export function withDefect<T>(op: string, factor: number, body: () => T): T {
  const real = backend.binding
  const executeOp: typeof real.executeOp = (name, attributes, inputs, outputs) => {
    const results = real.executeOp(name, attributes, inputs, outputs)
    if (name !== op) return results
    const [first, ...rest] = results
    const cast = (id: number, to: number): number =>
      real.executeOp('Cast', [{ name: 'DstT', type: real.TF_ATTR_TYPE, value: to }], [id], 1)[0]!.id
    // Half results are read as float32: the binding knows no other way.
    const read = real.tensorDataSync(cast(first!.id, DataType.float32)) as Float32Array
    const scaled = real.createTensor(
      first!.shape,
      DataType.float32,
      read.map((value) => value * factor),
    )
    return [{ ...first!, id: cast(scaled, first!.dtype) }, ...rest]
  }
  backend.binding = Object.create(real, { executeOp: { value: executeOp } }) as typeof real
  try {
    return body()
  } finally {
    backend.binding = real
  }
}
