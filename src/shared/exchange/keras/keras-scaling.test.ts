// Where a scaling of Keras stands: before the network it is the image's, on one branch it is a layer of that branch.
import { describe, expect, it } from 'vitest'
import { designFromKeras } from './import-keras'
import { NO_VALUES } from './keras-values'

const layer = (className: string, name: string, config: object, ...inbound: string[]) => ({
  class_name: className,
  name,
  config: { name, ...config },
  inbound_nodes: inbound.length === 0 ? [] : [inbound.map((from) => [from, 0, 0, {}])],
})
const image = layer('InputLayer', 'image', { batch_shape: [null, 8, 8, 3] })
const convolution = (name: string, from: string) =>
  layer('Conv2D', name, { filters: 2, kernel_size: [1, 1], strides: [1, 1], padding: 'same' }, from)
const read = (...layers: object[]) =>
  designFromKeras(
    {
      class_name: 'Functional',
      config: {
        name: 'm',
        layers: [image, ...layers],
        input_layers: [['image', 0, 0]],
        output_layers: [['sum', 0, 0]],
      },
    },
    'm',
    NO_VALUES,
    3,
  )

describe('Rescaling', () => {
  it('before the network is the scaling of the image', () => {
    const { scaling, graph } = read(
      layer('Rescaling', 'scaled', { scale: 1 / 127.5, offset: -1 }, 'image'),
      convolution('a', 'scaled'),
      convolution('b', 'scaled'),
      layer('Add', 'sum', {}, 'a', 'b'),
    )
    expect(scaling.mean).toEqual([0.5, 0.5, 0.5].map((value) => expect.closeTo(value, 6) as number))
    expect(scaling.isAssumed).not.toBe(true)
    expect(graph.nodes.map(({ kind }) => kind)).toEqual(['conv2d', 'conv2d', 'add'])
  })

  it('on one branch leaves the image of the other as it is', () => {
    const { scaling, graph, values } = read(
      layer('Rescaling', 'scaled', { scale: 2, offset: 1 }, 'image'),
      convolution('a', 'scaled'),
      convolution('b', 'image'),
      layer('Add', 'sum', {}, 'a', 'b'),
    )
    expect(scaling.isAssumed).toBe(true)
    expect(graph.nodes.find(({ id }) => id === 'b')?.inputs).toEqual(['input'])
    const gamma = values().arrays.find(({ name }) => name === 'scaled/gamma')
    expect([...(gamma?.values ?? [])]).toEqual([2, 2, 2])
  })
})
