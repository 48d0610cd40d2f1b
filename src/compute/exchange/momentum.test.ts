// Whoever trains an export on moves its running statistics as the training here did: the momentum is written wherever a format has one.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { decodeModel } from '@shared/exchange/onnx/proto'
import { buildNetwork } from '../networks/network'
import { BATCH_NORM_MOMENTUM } from '../networks/layers/batch-norm-constants'
import { kerasSource } from './keras/source'
import { pyTorchSource } from './pytorch/source'
import { exportBench } from './testing/round-trip'
import { graphOf, head, node } from './testing/traps'
import { writeExport } from './write-export'

const GRAPH = graphOf(
  [4, 4, 3],
  [node('c', 'conv2d', { channels: 4 }, 'input'), node('norm', 'batch-norm', {}, 'c'), ...head('norm')],
)

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
  await bench.writeWeights(GRAPH)
})
afterAll(() => bench.close())

async function written(format: 'tfjs' | 'onnx', file: string): Promise<Buffer> {
  const folder = join(bench.folder, format)
  await writeExport({ format, document: {}, graph: GRAPH, weights: bench.weights, folder, metadata: {} })
  return readFile(join(folder, file))
}

it('tfjs layers have it, whose default is another', async () => {
  const model = JSON.parse((await written('tfjs', 'model.json')).toString('utf8')) as {
    modelTopology: { config: { layers: { class_name: string; config: object }[] } }
  }
  const { layers } = model.modelTopology.config
  const norm = layers.find(({ config }) => (config as { name?: string }).name === 'norm')
  expect(norm).toMatchObject({ class_name: 'BatchNormalization', config: { momentum: BATCH_NORM_MOMENTUM } })
})

it('ONNX has it', async () => {
  const { graph } = decodeModel(await written('onnx', 'model.onnx'))
  const norm = graph.node.find(({ opType }) => opType === 'BatchNormalization')
  const momentum = norm?.attribute.find(({ name }) => name === 'momentum')
  expect(momentum?.f).toBeCloseTo(BATCH_NORM_MOMENTUM, 6)
})

it('Keras has it, and PyTorch what is left of one', () => {
  const network = buildNetwork(GRAPH)
  expect(kerasSource(network, {}).text).toContain(`momentum=${BATCH_NORM_MOMENTUM}`)
  expect(pyTorchSource(network, {}).text).toContain('momentum=0.1')
})
