// Which node of a written graph gives the value of which layer: read off the attribute that the builder left there.
import { z } from 'zod'
import { LAYER_ATTRIBUTE } from './graph-builder'

const bytesOrBase64 = z.union([z.string(), z.instanceof(Uint8Array)])

const graphSchema = z.object({
  node: z.array(
    z.object({
      name: z.string(),
      attr: z.record(z.string(), z.object({ s: bytesOrBase64.optional() })).default({}),
    }),
  ),
})

/**
 * @param graph as protobuf's JSON has it or as it was decoded
 * @returns names of nodes by layer; layers without a value of their own are left out
 */
export function layerNodes(graph: unknown, layers: readonly string[]): ReadonlyMap<string, string> {
  const parsed = graphSchema.safeParse(graph)
  const named = (parsed.success ? parsed.data.node : []).flatMap(({ name, attr }): [string, string][] => {
    const text = attr[LAYER_ATTRIBUTE]?.s
    if (text === undefined) return []
    return [[Buffer.from(text as string, typeof text === 'string' ? 'base64' : undefined).toString('utf8'), name]]
  })
  const found = new Map(named)
  return new Map(
    layers.flatMap((layer): [string, string][] => {
      const name = found.get(layer)
      return name === undefined ? [] : [[layer, name]]
    }),
  )
}
