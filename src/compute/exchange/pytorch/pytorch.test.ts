// The source that is written, as text and, where Python has PyTorch, run beside the trained network: GPTNAS_PYTHON names an
// interpreter, else python3 is tried; without it those tests are skipped by name.
import { spawnSync, execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerGraph, LayerNode, ParameterValues } from '@shared/architecture/layer'
import { zooNetwork } from '@shared/architecture/zoo'
import { BLOCK_CASES } from '../../networks/testing/block-cases'
import { KIND_CASES } from '../../networks/testing/kind-cases'
import { buildNetwork } from '../../networks/network'
import { predict } from '../predict'
import { exportBench } from '../testing/round-trip'
import { writeExport } from '../write-export'
import { pythonSource } from './source'

const python = [process.env['GPTNAS_PYTHON'], 'python3'].find(
  (candidate) => candidate !== undefined && spawnSync(candidate, ['-c', 'import torch']).status === 0,
)

/** Every folder's model on the same images: a line of scores each. */
const RUN = `
import importlib.util, json, sys
import torch
shape = json.loads(sys.argv[1])
data = open(sys.argv[2], "rb").read()
for folder in sys.argv[3:]:
    spec = importlib.util.spec_from_file_location("model", folder + "/model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pixels = torch.frombuffer(bytearray(data), dtype=torch.uint8).reshape(shape).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        print(json.dumps(module.load()(pixels).tolist()))
`

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
})
afterAll(() => bench.close())

async function differences(graphs: readonly LayerGraph[]): Promise<number[]> {
  const script = join(bench.folder, 'run.py')
  await writeFile(script, RUN)
  const input = graphs[0]!.input as [number, number, number]
  const count = 4
  const data = await bench.randomSplit(input, count)
  const folders: string[] = []
  const ours: (number | null)[][][] = []
  for (const [i, graph] of graphs.entries()) {
    await bench.writeWeights(graph)
    const folder = join(bench.folder, `pytorch-${i}`)
    folders.push(folder)
    const job = { format: 'pytorch', document: {}, graph, weights: bench.weights, folder, metadata: {} } as const
    await writeExport(job)
    const inputs = { data, indices: [0, 1, 2, 3], random: { count: 0, seed: 1 } }
    ours.push((await predict({ graph, weights: bench.weights, ...inputs })).logits)
  }
  const out = execFileSync(python!, [script, JSON.stringify([count, ...input]), data.images, ...folders], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  const theirs = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as number[][])
  return ours.map((rows, i) => {
    const largest = Math.max(1e-6, ...rows.flat().map((value) => Math.abs(value!)))
    const apart = rows.flatMap((row, image) => row.map((value, j) => Math.abs(value! - theirs[i]![image]![j]!)))
    return Math.max(...apart) / largest
  })
}

describe.skipIf(python === undefined)('PyTorch source, run (Python with torch)', () => {
  it('computes the same for every layer kind', async () => {
    const found = await differences(KIND_CASES.map(({ graph }) => graph))
    const wrong = KIND_CASES.map(({ title }, i) => ({ title, apart: found[i]! })).filter(({ apart }) => !(apart < 1e-5))
    expect(wrong).toEqual([])
  })

  it('computes the same for every block', async () => {
    const found = await differences(BLOCK_CASES.map(({ graph }) => graph))
    const wrong = BLOCK_CASES.map(({ title }, i) => ({ title, apart: found[i]! })).filter(
      ({ apart }) => !(apart < 1e-5),
    )
    expect(wrong).toEqual([])
  })
})

const node = (id: string, kind: string, parameters: ParameterValues, ...inputs: string[]): LayerNode => ({
  id,
  kind,
  parameters,
  inputs,
})

describe('PyTorch source', () => {
  it('has one class for equal blocks, named as the block, and names that Python takes', () => {
    const inside = (block: string, from: string): LayerNode[] => [
      node(`${block}/1 conv`, 'conv2d', { channels: 3 }, from),
      node(`${block}/class`, 'relu', {}, `${block}/1 conv`),
    ]
    const graph: LayerGraph = {
      input: [4, 4, 3],
      nodes: [
        ...inside('first', 'input'),
        ...inside('größe', 'first/class'),
        node('flat', 'flatten', {}, 'größe/class'),
        node('import', 'dense', { features: 3 }, 'flat'),
        node('end', 'softmax', {}, 'import'),
      ],
      output: 'end',
    }
    const document = {
      records: { first: { type: 'block', block: 'my-block' }, größe: { type: 'block', block: 'my-block' } },
    }
    const { classes, weights } = pythonSource(buildNetwork(graph), document)
    expect(classes.match(/^class \w+/gm)).toEqual(['class MyBlock', 'class Network'])
    expect(classes).toContain('self.layer_1_conv = nn.Conv2d(3, 3, 3, padding=1, bias=False)')
    expect(classes).toContain('class_2 = self.class_2(layer_1_conv)')
    expect(classes).toContain('flat = gr_e.permute(0, 2, 3, 1).flatten(1)')
    expect(classes).toContain('return import_2')
    expect(weights.map(({ name }) => name)).toEqual([
      'first.layer_1_conv.weight',
      'gr_e.layer_1_conv.weight',
      'import_2.weight',
      'import_2.bias',
    ])
  })

  it('of a network of the zoo reads as one would write it', async () => {
    const { graph } = zooNetwork('resnet18', { input: [32, 32, 3], classes: 10 })
    const { classes } = pythonSource(buildNetwork(graph), {})
    const blocks = new Set(graph.nodes.flatMap(({ id }) => (id.includes('/') ? [id.split('/')[0]] : [])))
    expect(blocks.size).toBeGreaterThan(7)
    // Equal ones share a class; the network is one more.
    expect(classes.match(/^class /gm)!.length - 1).toBeLessThan(blocks.size)
    expect(classes).not.toMatch(/ $/m)
    await bench.writeWeights(graph)
    const folder = join(bench.folder, 'zoo')
    const metadata = { classes: ['a "b"', 'ç'], search: 'S', trial: 1 }
    await writeExport({ format: 'pytorch', document: {}, graph, weights: bench.weights, folder, metadata })
    const text = await readFile(join(folder, 'model.py'), 'utf8')
    expect(text).toContain('CLASSES = ["a \\"b\\"","ç"]')
    expect(text).not.toMatch(/undefined|NaN|\[object/)
  })
})
