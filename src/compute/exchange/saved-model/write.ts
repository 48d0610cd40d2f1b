// A trained network as a TensorFlow SavedModel: one file with graph, constants and the signature `serving_default`; it has no variables.
// What the graph consists of is tensorflow-graph/'s.
import type { ExportContent, ExportSource } from '../format'
import { constantNode } from '../tensorflow-graph/graph-builder'
import { GRAPH_VERSIONS } from '../tensorflow-graph/model'
import { encodeSavedModel } from '../tensorflow-graph/proto'
import { graphOf } from '../tensorflow-graph/source'

export const MODEL_FILE = 'saved_model.pb'
/** How SavedModels name the graph that answers, and what it is asked by. */
export const TAG = 'serve'
export const SIGNATURE = 'serving_default'

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network, or too many), `storage-failed` */
export async function writeSavedModel(source: ExportSource): Promise<ExportContent> {
  const { graph, metadata } = await graphOf(source, {
    title: 'a SavedModel',
    reason: 'its format counts bytes with 31 bits',
  })
  const node = [...graph.constants.map((constant) => constantNode(constant, true)), ...graph.nodes]
  const model = encodeSavedModel({
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { metaGraphVersion: 'GPT-NAS Workbench', tags: [TAG], tensorflowVersion: '2.9.0' },
        graphDef: { node, versions: GRAPH_VERSIONS },
        signatureDef: { [SIGNATURE]: graph.signature },
      },
    ],
  })
  return { files: [{ name: MODEL_FILE, content: Buffer.from(model) }], metadata }
}
