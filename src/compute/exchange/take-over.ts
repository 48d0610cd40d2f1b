// A network of another program in the process that reads it: what is told of it, and its values as a file of weights.
import { metaOf } from '@shared/architecture/document'
import { layerDefinition } from '@shared/architecture/catalogue'
import { inputShapes } from '@shared/architecture/layer'
import { requireShapes } from '@shared/architecture/infer'
import type { LayerGraph } from '@shared/architecture/layer'
import type { ImportFacts } from '@shared/contract/imports'
import { ASSUMED_SCALING, chosenScaling, type ScalingWish } from '@shared/exchange/imported/scaling'
import { AppError } from '@shared/errors'
import { required } from '@shared/required'
import { NETWORK_FORMATS, readNetwork } from '@node/networks/read-network'
import { stat } from 'node:fs/promises'
import { sha256OfFile } from '@node/whole-file'
import { classesOf, writeImportedWeights } from './imported-weights'

/** Trained parameters of the layers. */
function parametersOf(graph: LayerGraph): number {
  const shapes = requireShapes(graph)
  return graph.nodes.reduce((sum, { id, kind, parameters, inputs }) => {
    const given = inputShapes(inputs.map((input) => required(shapes, input, 'shape')))
    return sum + layerDefinition(kind).cost(parameters, given, required(shapes, id, 'shape')).parameters
  }, 0)
}

/**
 * @param weights where the values are written; null leaves them in the file
 * @param wish how pixels are scaled, where the file does not say it; null says nothing
 * @throws AppError as `readNetwork` and `chosenScaling`; `invalid-input` for a scaling of a file without values; `storage-failed`
 */
export async function takeOver(
  path: string,
  weights: string | null,
  wish: ScalingWish | null = null,
): Promise<{ name: string; facts: ImportFacts; document: unknown; weightsSha256: string | null }> {
  const read = await readNetwork(path)
  const { document, graph, problems, notes, format, file, producer } = read
  const { scaling, source } = chosenScaling(read.scaling, wish)
  const written = weights === null ? null : await writeImportedWeights({ ...read, scaling }, weights)
  const { arrays, missing } = written ?? read.values()
  if (wish !== null && arrays.length === 0)
    throw new AppError(
      'invalid-input',
      `${file} has no values that a scaling could belong to.`,
      'Import it without a scaling.',
    )
  const { name } = metaOf(document)
  const facts: ImportFacts = {
    format,
    title: NETWORK_FORMATS[format],
    file,
    sha256: await sha256OfFile(file),
    sizeBytes: (await stat(file)).size,
    producer,
    input: [...graph.input],
    classes: classesOf(graph),
    layers: graph.nodes.length,
    parameters: parametersOf(graph),
    problems: [...problems],
    notes: arrays.length > 0 && source === 'assumed' ? [...notes, ASSUMED_SCALING] : [...notes],
    missing: [...missing],
    hasValues: arrays.length > 0,
    mean: [...scaling.mean],
    deviation: [...scaling.deviation],
    scaling: source,
  }
  return { name, facts, document, weightsSha256: written?.sha256 ?? null }
}
