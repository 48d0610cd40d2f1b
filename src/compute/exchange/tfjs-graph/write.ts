// A trained network as the files of a tfjs graph model: the graph as JSON, its constants in weight shards as tfjs's converter puts
// them there. What the graph consists of is tensorflow-graph/'s.
import { storedWeightsSchema } from '@shared/exchange/weight-precision'
import type { ExportContent, ExportSource } from '../format'
import { constantNode } from '../tensorflow-graph/graph-builder'
import { GRAPH_VERSIONS } from '../tensorflow-graph/model'
import { graphJson, signatureJson } from '../tensorflow-graph/proto'
import { graphOf } from '../tensorflow-graph/source'
import { weightFiles } from '../tfjs/weights-manifest'

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network), `storage-failed` */
export async function writeTfjsGraph(source: ExportSource): Promise<ExportContent> {
  const options = storedWeightsSchema.parse(source.options ?? {})
  const { graph, metadata } = await graphOf(source, {
    title: 'a tfjs graph model',
    reason: 'browsers take its weights as one buffer',
    precision: options.weights,
  })
  const { files, manifest } = weightFiles(graph.constants)
  const nodes = [...graph.constants.map((constant) => constantNode(constant, false)), ...graph.nodes]
  const model = {
    format: 'graph-model',
    generatedBy: 'GPT-NAS Workbench',
    convertedBy: null,
    signature: signatureJson(graph.signature),
    modelTopology: graphJson({ node: nodes, versions: GRAPH_VERSIONS }),
    // The form that tfjs keeps; what opens a design finds it here too.
    userDefinedMetadata: { format: 'tfjs-graph', architecture: source.document, files: [] },
    weightsManifest: manifest,
  }
  return {
    files: [{ name: 'model.json', content: Buffer.from(JSON.stringify(model)) }, ...files],
    metadata: { ...metadata, options },
  }
}
