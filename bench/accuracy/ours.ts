// Our side of bench:accuracy in a process of its own: the product's training, with the test images where it validates.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readArrayFile } from '../../src/compute/networks/array-file'
import { train } from '../../src/compute/training/train'
import { layerGraphSchema } from '../../src/shared/contract/compute'
import type { AccuracyJob, AccuracyResult, TrainedEpoch } from './job'

async function indexFile(path: string, first: number, count: number): Promise<string> {
  const indices = Int32Array.from({ length: count }, (_, position) => first + position)
  await writeFile(path, new Uint8Array(indices.buffer))
  return path
}

/** The network as the training left it, in the order in which both sides are given their initial values. */
async function writeTrained(weights: string, arrays: AccuracyJob['arrays'], path: string): Promise<void> {
  const byName = new Map((await readArrayFile(weights)).arrays.map(({ name, values }) => [name, values]))
  const bytes = arrays.map(({ node, role }) => {
    const values = byName.get(`${node}/${role}`)
    if (values === undefined) throw new Error(`The training wrote no ${role} of ${node}`)
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  })
  await writeFile(path, Buffer.concat(bytes))
}

/** @param tell receives each finished epoch */
export async function trainOurs(job: AccuracyJob, tell: (epoch: TrainedEpoch) => void): Promise<AccuracyResult> {
  const { graph, recipe, seed, data, trainImages, testImages, folder } = job
  const events = train({
    lease: 'bench',
    graph: layerGraphSchema.parse(graph),
    recipe,
    seed,
    data,
    trainIndices: await indexFile(join(folder, 'train.i32'), 0, trainImages),
    validationIndices: await indexFile(join(folder, 'test.i32'), trainImages, testImages),
    checkpointFolder: join(folder, 'checkpoints'),
    trainable: null,
    timeLimitSeconds: null,
  })
  const result = { parameters: 0, firstLoss: NaN, epochs: [] as TrainedEpoch[] }
  for await (const event of events) {
    if (event.type === 'started') {
      result.parameters = event.parameters
      // A batch that was halved, say, would be another recipe.
      if (event.notice !== null) throw new Error(event.notice)
    } else if (event.type === 'finished' && job.trainedValues !== null)
      await writeTrained(event.weights, job.arrays, job.trainedValues)
    else if (event.type === 'step' && event.epoch === 1 && event.step === 1) result.firstLoss = event.loss
    else if (event.type === 'epoch') {
      const { trainLoss, trainAccuracy, validationLoss, validationAccuracy, seconds } = event.epoch
      const epoch = { trainLoss, trainAccuracy, testLoss: validationLoss, testAccuracy: validationAccuracy, seconds }
      result.epochs.push(epoch)
      tell(epoch)
    }
  }
  return result
}
