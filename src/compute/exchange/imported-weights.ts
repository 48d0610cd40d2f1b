// Values of an imported network as a file of weights: what a trial's are, so that everything that reads those reads these.
import type { ImportedArray, ImportedNetwork } from '@shared/exchange/imported/imported-network'
import { outputShape } from '@shared/architecture/infer'
import type { LayerGraph } from '@shared/architecture/layer'
import { elementCount } from '@shared/element-count'
import { writeArrayFile } from '../networks/array-file'

export interface WrittenWeights {
  /** Hexadecimal. */
  readonly sha256: string
  readonly arrays: readonly ImportedArray[]
  /** Layers for which the file has no values: they stay out, and a training begins them anew. */
  readonly missing: readonly string[]
}

/** Scores of one image. */
export const classesOf = (graph: LayerGraph): number => elementCount(outputShape(graph))

/**
 * @param file where they are written, whole or not at all
 * @returns null where the imported file holds no values at all
 * @throws AppError `invalid-input` where it does not hold as many as it says, `storage-failed`
 */
export async function writeImportedWeights(network: ImportedNetwork, file: string): Promise<WrittenWeights | null> {
  const { arrays, missing } = network.values()
  if (arrays.length === 0) return null
  const { mean, deviation } = network.scaling
  const classes = classesOf(network.graph)
  const meta = { format: 'gptnas-weights/1', epoch: 0, classes, mean, deviation }
  const sha256 = await writeArrayFile(file, meta, arrays)
  return { sha256, arrays, missing }
}
