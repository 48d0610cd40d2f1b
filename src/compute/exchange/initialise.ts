// The weights a training would start with, as a trial's weights file: for the export of a design that was never trained.
import type { StartingWeights, StartingWeightsRequest } from '@shared/contract/compute'
import { writeArrayFile } from '../networks/array-file'
import { initialValues } from '../networks/initialise'
import { buildNetwork } from '../networks/network'

/** @throws AppError `invalid-architecture`, `storage-failed` */
export async function initialise({
  graph,
  seed,
  mean,
  deviation,
  file,
}: StartingWeightsRequest): Promise<StartingWeights> {
  const network = buildNetwork(graph)
  const channels = graph.input.length === 3 ? graph.input[2] : 1
  const levels = (value: number): number[] => Array.from({ length: channels }, () => value)
  const meta = {
    format: 'gptnas-weights/1',
    epoch: 0,
    classes: network.classes,
    mean: levels(mean),
    deviation: levels(deviation),
  }
  await writeArrayFile(
    file,
    meta,
    network.arrays.map((stored) => ({
      name: stored.name,
      shape: stored.shape,
      values: initialValues(stored, seed).values,
    })),
  )
  return { classes: network.classes }
}
