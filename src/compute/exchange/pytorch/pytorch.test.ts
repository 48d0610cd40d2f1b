// The source that is written, as text; it is run in python-source/conformance.test.ts.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerGraph, LayerNode } from '@shared/architecture/layer'
import { zooNetwork } from '@shared/architecture/zoo'
import { buildNetwork } from '../../networks/network'
import { exportBench } from '../testing/round-trip'
import { node } from '../testing/traps'
import { writeExport } from '../write-export'
import { pyTorchSource } from './source'

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
})
afterAll(() => bench.close())

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
    const { text: classes, weights } = pyTorchSource(buildNetwork(graph), document)
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
    const { text: classes } = pyTorchSource(buildNetwork(graph), {})
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
