// One compute, in a process of its own, that trains and unloads network after network through the service the engine calls.
// After each it tells what it holds.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KIND_CASES } from '../../src/compute/networks/testing/kind-cases'
import { createComputeService } from '../../src/compute/service/compute-service'
import { nativeBinding, tf } from '../../src/compute/tensorflow/backend'
import type { LayerGraph } from '../../src/shared/architecture/layer'
import {
  layerGraphSchema,
  type ComputeContract,
  type SplitFiles,
  type TrainJob,
} from '../../src/shared/contract/compute'
import { createRandom } from '../../src/shared/random'
import { recipeSchema } from '../../src/shared/search/recipe'
import { memoryPorts } from '../../src/shared/transport/port'
import { createClient, serveRouter } from '../../src/shared/transport/rpc'
import { NETWORKS } from '../train/networks'

/** What a compute holds when it is idle again. */
export interface Held {
  readonly residentBytes: number
  /** tf.memory() */
  readonly tensors: number
  readonly tensorBytes: number
  /** Of the binding, which tf.memory() does not see. */
  readonly nativeTensors: number
  readonly loadedGraphs: number
  readonly threads: number
  readonly openFiles: number
  readonly seconds: number
}

const [TRAIN, VALIDATION, BATCH] = [48, 16, 16]
/** Each option that has ops or slots of its own is on in one of them. */
const RECIPES = [
  {},
  { optimizer: 'adamw', learningRate: 0.001, weightAverage: 0.9 },
  { mixup: 0.4, cutmix: 1, labelSmoothing: 0.1 },
  { cutout: 2, brightness: 0.4, contrast: 0.4, saturation: 0.4, gradientClip: 1 },
  { randAugmentOperations: 2 },
  { cropPadding: 0, flip: false, momentum: 0, weightDecay: 0 },
] as const
/** A layer kind in every variant, and between them whole networks: one in five, so that they do not take all the time. */
const LARGE = NETWORKS.filter(({ batch }) => batch < 128).map(({ graph }) => graph)
const graphOf = (cycle: number): LayerGraph =>
  cycle % 5 === 4
    ? LARGE[Math.floor(cycle / 5) % LARGE.length]!
    : KIND_CASES[(cycle - Math.floor(cycle / 5)) % KIND_CASES.length]!.graph

async function writeData(folder: string, input: readonly number[], classes: number): Promise<SplitFiles> {
  const random = createRandom(input[0]!)
  const shape = input as [number, number, number]
  const count = TRAIN + VALIDATION
  const name = join(folder, shape.join('x'))
  const pixels = shape.reduce((product, length) => product * length, count)
  await writeFile(
    `${name}.images`,
    Uint8Array.from({ length: pixels }, () => random.integer(256)),
  )
  await writeFile(
    `${name}.labels`,
    Uint8Array.from({ length: count }, () => random.integer(classes)),
  )
  const perChannel = (value: number): number[] => new Array<number>(shape[2]).fill(value)
  return {
    images: `${name}.images`,
    labels: `${name}.labels`,
    count,
    shape,
    classes,
    mean: perChannel(0.5),
    deviation: perChannel(0.25),
  }
}

async function writeIndices(path: string, first: number, count: number): Promise<string> {
  const indices = Int32Array.from({ length: count }, (_, position) => first + position)
  await writeFile(path, new Uint8Array(indices.buffer))
  return path
}

async function held(seconds: number): Promise<Held> {
  const { numTensors, numBytes } = tf.memory()
  return {
    residentBytes: process.memoryUsage.rss(),
    tensors: numTensors,
    tensorBytes: numBytes,
    nativeTensors: nativeBinding.getNumOfTensors(),
    loadedGraphs: nativeBinding.getNumOfSavedModels(),
    threads: (await readdir('/proc/self/task')).length,
    openFiles: (await readdir('/proc/self/fd')).length,
    seconds,
  }
}

/**
 * @param tell receives what is held after each cycle
 * @param fault put in by tests after each training, before anybody looks
 */
export async function trainAndUnload(
  cycles: number,
  tell: (held: Held) => void,
  fault: () => void = () => undefined,
): Promise<void> {
  const [server, port] = memoryPorts()
  serveRouter(createComputeService({ environment: process.env }), server)
  const client = createClient<ComputeContract>(port)
  const folder = await mkdtemp(join(tmpdir(), 'gptnas-bench-cycles-'))
  try {
    const data = new Map<string, SplitFiles>()
    const trainIndices = await writeIndices(join(folder, 'train.i32'), 0, TRAIN)
    const validationIndices = await writeIndices(join(folder, 'validation.i32'), TRAIN, VALIDATION)
    for (let cycle = 0; cycle < cycles; cycle++) {
      const started = performance.now()
      const graph = graphOf(cycle)
      const key = graph.input.join()
      if (!data.has(key)) data.set(key, await writeData(folder, graph.input, graph.input[2] === 3 ? 10 : 3))
      const checkpointFolder = join(folder, `trial-${cycle}`)
      const job: TrainJob = {
        lease: `cycle-${cycle}`,
        graph: layerGraphSchema.parse(graph),
        recipe: recipeSchema.parse({ epochs: 1, batchSize: BATCH, cropPadding: 1, ...RECIPES[cycle % RECIPES.length] }),
        seed: cycle,
        data: data.get(key)!,
        trainIndices,
        validationIndices,
        checkpointFolder,
        trainable: null,
        timeLimitSeconds: null,
      }
      let isFinished = false
      for await (const event of await client.train(job)) isFinished ||= event.type === 'finished'
      if (!isFinished) throw new Error(`Cycle ${cycle} ended without a result`)
      await rm(checkpointFolder, { recursive: true, force: true })
      fault()
      tell(await held((performance.now() - started) / 1000))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
