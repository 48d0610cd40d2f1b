// Costs of whole graphs against figures worked out by hand.
import { describe, expect, it } from 'vitest'
import { costOf } from './cost'
import { INPUT_ID, type LayerGraph, type LayerNode } from './layer'
import { layerNode as node } from './testing/layer-node'
import { zooNetwork } from './zoo'

/** conv -> norm -> relu -> add with the convolution's output. */
const residual: LayerGraph = {
  input: [4, 4, 2],
  nodes: [
    node('conv', 'conv2d', [INPUT_ID], { channels: 3 }),
    node('norm', 'batch-norm', ['conv']),
    node('relu', 'relu', ['norm']),
    node('add', 'add', ['conv', 'relu']),
  ],
  output: 'add',
}

describe('a small residual graph', () => {
  const cost = costOf(residual)
  // Bytes of one image: the input 4 * 4 * 2 * 4, every other value 4 * 4 * 3 * 4.
  const [input, value] = [128, 192]

  it('adds up weights, statistics and multiply-accumulates', () => {
    expect(cost).toMatchObject({ parameters: 54 + 6, statistics: 6, macs: 54 * 16, weightsBytes: 66 * 4 })
    expect(cost.layers.get('norm')).toEqual({
      parameters: 6,
      statistics: 6,
      macs: 0,
      outputBytes: value,
      receptiveField: [3, 3],
    })
  })

  it('keeps every output for training, and at inference only what is still read', () => {
    expect(cost.activations.trainingBytes).toBe(input + 4 * value)
    // Most is alive while norm -> relu runs beside the convolution's output, and again at add: three values.
    expect(cost.activations.inferencePeakBytes).toBe(3 * value)
  })
})

it('frees a value nobody reads at once', () => {
  const dead: LayerGraph = {
    ...residual,
    nodes: [node('unread', 'identity', [INPUT_ID]), node('relu', 'relu', [INPUT_ID])],
    output: 'relu',
  }
  expect(costOf(dead).activations.inferencePeakBytes).toBe(2 * 128)
})

describe('receptive field', () => {
  const fieldOf = (...layers: (readonly [string, LayerNode['parameters']])[]): readonly [number, number] => {
    const nodes = layers.map(([kind, parameters], index) =>
      node(`n${index}`, kind, [index === 0 ? INPUT_ID : `n${index - 1}`], parameters),
    )
    return costOf({ input: [64, 64, 3], nodes, output: `n${layers.length - 1}` }).receptiveField
  }

  it('grows by the kernel, times the strides so far', () => {
    // 7x7 at stride 2 sees 7; 3x3 at stride 2 adds 2 * 2; the next 3x3 adds 2 * 4.
    expect(fieldOf(['conv2d', { kernel: [7, 7], stride: [2, 2] }], ['max-pool', {}], ['conv2d', {}])).toEqual([19, 19])
    expect(fieldOf(['conv2d', { kernel: [3, 1], dilation: 3 }])).toEqual([7, 1])
  })

  it('is that of the last convolution of ResNet-18, whatever the mean behind it adds', () => {
    // 7 and 11 in the stem; the stages add 4 * 8, 8 + 3 * 16, 16 + 3 * 32 and 32 + 3 * 64.
    expect(costOf(zooNetwork('resnet18').graph).receptiveField).toEqual([435, 435])
  })

  it('is the image for a mean over a map that saw less', () => {
    expect(fieldOf(['conv2d', {}], ['global-average-pool', {}])).toEqual([64, 64])
  })

  it('is not stretched by the gate of squeeze-excitation', () => {
    const nodes = [
      node('mean', 'global-average-pool', [INPUT_ID]),
      node('scale', 'multiply', [INPUT_ID, 'mean']),
      node('conv', 'conv2d', ['scale']),
    ]
    const cost = costOf({ input: [64, 64, 3], nodes, output: 'conv' })
    expect(cost.layers.get('scale')!.receptiveField).toEqual([64, 64])
    expect(cost.receptiveField).toEqual([66, 66])
  })
})
