// Which layers take up a batch normalisation, and which must not.
import { describe, expect, it } from 'vitest'
import type { LayerGraph } from '@shared/architecture/layer'
import { buildNetwork } from '../../networks/network'
import { weightsFrom } from '../../networks/weights'
import { trainedLike } from '../testing/round-trip'
import { fuseBatchNorm } from './fuse-batch-norm'

const graph: LayerGraph = buildNetwork({
  input: [4, 4, 3],
  nodes: [
    { id: 'alone', kind: 'conv2d', parameters: { channels: 4 }, inputs: ['input'] },
    { id: 'norm', kind: 'batch-norm', parameters: {}, inputs: ['alone'] },
    { id: 'read-twice', kind: 'conv2d', parameters: { channels: 4 }, inputs: ['norm'] },
    { id: 'kept', kind: 'batch-norm', parameters: {}, inputs: ['read-twice'] },
    { id: 'sum', kind: 'add', parameters: {}, inputs: ['kept', 'read-twice'] },
    { id: 'act', kind: 'relu', parameters: {}, inputs: ['sum'] },
    { id: 'kept too', kind: 'batch-norm', parameters: {}, inputs: ['act'] },
    { id: 'flat', kind: 'flatten', parameters: {}, inputs: ['kept too'] },
    { id: 'scores', kind: 'dense', parameters: { features: 3 }, inputs: ['flat'] },
  ],
  output: 'scores',
}).graph

describe('fusing batch normalisation', () => {
  it('leaves it where its layer has another reader or computes otherwise', () => {
    const fused = fuseBatchNorm(graph, weightsFrom(trainedLike(graph, 1)))
    const kinds = Object.fromEntries(fused.graph.nodes.map(({ id, kind }) => [id, kind]))
    expect(kinds).toMatchObject({ norm: 'conv2d', kept: 'batch-norm', 'kept too': 'batch-norm' })
    expect(kinds).not.toHaveProperty('alone')
    expect(fused.weights.get('norm/bias')?.shape).toEqual([4])
    expect(fused.weights.has('read-twice/bias')).toBe(false)
  })
})
