// The source that is written, as text; it is run in python-source/conformance.test.ts.
import { describe, expect, it } from 'vitest'
import type { LayerGraph, LayerNode } from '@shared/architecture/layer'
import { zooNetwork } from '@shared/architecture/zoo'
import { buildNetwork } from '../../networks/network'
import { node } from '../testing/traps'
import { kerasSource } from './source'

describe('Keras source', () => {
  it('has one function for equal blocks, named as the block, and layers whose names say where they are', () => {
    const inside = (block: string, from: string): LayerNode[] => [
      node(`${block}/1 conv`, 'conv2d', { channels: 3 }, from),
      node(`${block}/name`, 'relu', {}, `${block}/1 conv`),
    ]
    const graph: LayerGraph = {
      input: [4, 4, 3],
      nodes: [
        ...inside('first', 'input'),
        ...inside('größe', 'first/name'),
        node('flat', 'flatten', {}, 'größe/name'),
        node('import', 'dense', { features: 3 }, 'flat'),
      ],
      output: 'import',
    }
    const document = {
      records: { first: { type: 'block', block: 'My-block' }, größe: { type: 'block', block: 'My-block' } },
    }
    const { text, weights } = kerasSource(buildNetwork(graph), document)
    expect(text.match(/^def \w+/gm)).toEqual(['def my_block', 'def network'])
    expect(text).toContain(
      'layer_1_conv = layers.Conv2D(3, 3, padding="same", use_bias=False, name=f"{name}__layer_1_conv")(x)',
    )
    expect(text).toContain('gr_e = my_block(first, name="gr_e")')
    expect(text).toContain('return import_2')
    expect(weights.map(({ name }) => name)).toEqual([
      'first__layer_1_conv/kernel',
      'gr_e__layer_1_conv/kernel',
      'import_2/kernel',
      'import_2/bias',
    ])
  })

  it('of a network of the zoo shares functions and has no stray spaces', () => {
    const { graph } = zooNetwork('resnet18', { input: [32, 32, 3], classes: 10 })
    const { text } = kerasSource(buildNetwork(graph), {})
    const blocks = new Set(graph.nodes.flatMap(({ id }) => (id.includes('/') ? [id.split('/')[0]] : [])))
    expect(text.match(/^def /gm)!.length - 1).toBeLessThan(blocks.size)
    expect(text).not.toMatch(/ $|undefined|NaN/m)
  })
})
