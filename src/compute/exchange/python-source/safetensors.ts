// Named arrays as a safetensors file (huggingface/safetensors, format of version 0.4): eight bytes with the length of the header,
// the header as JSON, the data.
import { elementCount } from '@shared/element-count'

export interface SafeTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Readers map the data into memory: it begins at a multiple of this. */
const ALIGNMENT = 8

export function safetensors(tensors: readonly SafeTensor[], metadata: Readonly<Record<string, string>> = {}): Buffer {
  let offset = 0
  const entries = tensors.map(({ name, shape, values }): [string, object] => {
    if (elementCount(shape) !== values.length)
      throw new RangeError(`${name} has the shape [${shape.join(', ')}] and ${values.length} values`)
    const start = offset
    offset += values.byteLength
    return [name, { dtype: 'F32', shape, data_offsets: [start, offset] }]
  })
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) })
  const bytes = Buffer.from(json)
  const header = Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT, ' ')])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  const data = tensors.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength))
  return Buffer.concat([length, header, ...data])
}
