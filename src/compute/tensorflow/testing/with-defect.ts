// A native op whose results are off by a factor, as a defective kernel's would be: shows that a check sees what it is for.
import { backend } from '../backend'

/** Runs `body` with the first result of every call of `op` scaled. */
export function withDefect<T>(op: string, factor: number, body: () => T): T {
  const real = backend.binding
  const executeOp: typeof real.executeOp = (name, attributes, inputs, outputs) => {
    const results = real.executeOp(name, attributes, inputs, outputs)
    if (name !== op) return results
    const values = (real.tensorDataSync(results[0]!.id) as Float32Array).map((value) => value * factor)
    const id = real.createTensor(results[0]!.shape, results[0]!.dtype, values)
    return [{ ...results[0]!, id }, ...results.slice(1)]
  }
  backend.binding = Object.create(real, { executeOp: { value: executeOp } }) as typeof real
  try {
    return body()
  } finally {
    backend.binding = real
  }
}
