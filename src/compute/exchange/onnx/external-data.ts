// Weights apart from the model, in a file beside it: for what is too large to be read at once by whoever opens the model.
import { MIB } from '@shared/units'
import { DATA_FILE } from './names'
import { EXTERNAL, type ModelProto, type TensorProto } from '@shared/exchange/onnx/proto'

/** ONNX's own advice, so that the file can be mapped into memory. */
const ALIGNMENT = 4096
/** What is smaller than this stays in the model: shapes of a reshaping must be seen without the other file. */
const SMALLEST = 1024

export const bytesOf = (tensors: readonly TensorProto[]): number =>
  tensors.reduce((sum, { rawData }) => sum + (rawData?.length ?? 0), 0)

/** @returns the model itself and no data where its weights have no more than `above` MiB */
export function withExternalData(
  model: ModelProto,
  above: number,
): { readonly model: ModelProto; readonly data: Buffer | null } {
  const { initializer } = model.graph
  if (bytesOf(initializer) <= above * MIB) return { model, data: null }
  const parts: Uint8Array[] = []
  let length = 0
  const apart = (tensor: TensorProto): TensorProto => {
    const { rawData, ...rest } = tensor
    if (rawData === undefined || rawData.length < SMALLEST) return tensor
    const padding = (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT
    const entries = { location: DATA_FILE, offset: String(length + padding), length: String(rawData.length) }
    parts.push(new Uint8Array(padding), rawData)
    length += padding + rawData.length
    const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }))
    return { ...rest, dataLocation: EXTERNAL, externalData }
  }
  const graph = { ...model.graph, initializer: initializer.map(apart) }
  return parts.length === 0 ? { model, data: null } : { model: { ...model, graph }, data: Buffer.concat(parts) }
}
