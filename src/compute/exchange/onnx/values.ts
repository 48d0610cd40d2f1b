// The values of an exported ONNX model, layer by layer, on one image: further outputs of the same file.
import path from 'node:path'
import type { Tensor } from 'onnxruntime-node'
import { readWhole } from '@node/read-file'
import type { ValuesJob } from '../format'
import { feed, readFacts } from './feed'
import { halfValue } from '../half'
import { MODEL_FILE } from './names'
import { decodeModel, type GraphProto } from '@shared/exchange/onnx/proto'
import { loadRuntime, openSession, WHAT } from './runtime'

/** The name of a layer's value: of the last node that says it comes from the layer. */
function valueNames(graph: GraphProto, nodes: readonly string[]): ReadonlyMap<string, string> {
  const made = new Map<string, string>()
  for (const { docString, output } of graph.node)
    if (docString !== undefined && output.length === 1 && output[0] !== undefined) made.set(docString, output[0])
  return new Map(
    nodes.flatMap((node): [string, string][] => {
      const name = made.get(node)
      return name === undefined ? [] : [[node, name]]
    }),
  )
}

/** `[1, channels, height, width]` with the channels innermost, as ours; a row as it is. */
function asOurs({ data, dims }: Tensor): Float32Array {
  const values = data instanceof Float32Array ? data : Float32Array.from(data as Uint16Array, halfValue)
  if (dims.length !== 4) return values
  const [, channels = 0, height = 0, width = 0] = dims
  const area = height * width
  const turned = new Float32Array(values.length)
  for (let channel = 0; channel < channels; channel++)
    for (let position = 0; position < area; position++)
      turned[position * channels + channel] = values[channel * area + position]!
  return turned
}

/** @returns values by node, `[height, width, channels]` or `[features]`; nodes that are no value of their own are left out */
export async function onnxValues({
  folder,
  pixels,
  shape,
  nodes,
}: ValuesJob): Promise<ReadonlyMap<string, Float32Array>> {
  const runtime = loadRuntime()
  const facts = await readFacts(folder)
  const file = path.join(folder, MODEL_FILE)
  const { graph } = decodeModel(await readWhole(file, WHAT))
  const names = valueNames(graph, nodes)
  const outputs = new Set(graph.output.map(({ name }) => name))
  const further = [...new Set(names.values())].filter((name) => !outputs.has(name))
  const session = await openSession(runtime, file, further)
  try {
    const found = await session.run({ [facts.input.name]: feed(runtime, facts, pixels, shape) })
    return new Map([...names].map(([node, name]) => [node, asOurs(found[name]!)]))
  } finally {
    await session.release()
  }
}
