// A design from an ONNX file: our own design where the workbench wrote the file, else what its operators are in layers of ours.
import { parseDocument, type ArchitectureDocument } from '../../architecture/document'
import { channelsOf } from '../../architecture/layer'
import { importedNetwork, type ImportedNetwork } from '../imported/imported-network'
import { withOwnDesign } from '../imported/own-design'
import { hasTooManyValues } from '../../architecture/document/parse'
import { importGraph } from './import-graph'
import { ownScaling } from './own-scaling'
import { readOnnxGraph, type OnnxGraph } from './read-graph'
import type { ExternalData } from './tensor-values'

/** What we write into `metadata_props`; undefined where there is none, or it is none of ours. */
function ownDesign({ properties }: OnnxGraph): ArchitectureDocument | undefined {
  const text = properties.get('architecture')
  if (text === undefined || hasTooManyValues(text)) return undefined
  try {
    return parseDocument(JSON.parse(text))
  } catch {
    return undefined // somebody else's property of that name: the graph itself is read
  }
}

/**
 * @param name of the design
 * @param external opens what lies beside the model; left out, weights that lie there are missing
 * @throws AppError `invalid-input` for what is no ONNX model, `invalid-architecture` where no network can be made of it
 */
export function designFromOnnx(
  bytes: Uint8Array,
  name: string,
  external?: ExternalData,
): ImportedNetwork & { readonly producer: string } {
  const source = readOnnxGraph(bytes, external)
  const own = ownDesign(source)
  const found = importGraph(source)
  const scaling = ownScaling(source, channelsOf(found.graph.input))
  const read = scaling === undefined ? found : { ...found, scaling }
  const network = own === undefined ? importedNetwork(read, name, 'an ONNX model') : withOwnDesign(read, own)
  return { ...network, producer: source.producer.slice(0, 60) }
}
