// Files of Keras, tfjs and NNP that are meant to take minutes, gigabytes or files of somebody else.
import { zipSync } from 'fflate'
import { MIB } from '../../src/shared/units'
import type { Crafted } from './crafted-onnx'

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const layer = (className: string, config: object, inbound: unknown[] = []) => ({
  class_name: className,
  name: (config as { name: string }).name,
  config,
  inbound_nodes: inbound,
})
const functional = (layers: unknown[], output: string) => ({
  class_name: 'Functional',
  config: { name: 'm', layers, input_layers: [['i', 0, 0]], output_layers: [[output, 0, 0]] },
})
const image = layer('InputLayer', { name: 'i', batch_shape: [null, 8, 8, 3] })

function nestedModels(depth: number): unknown {
  let model: unknown = {
    class_name: 'Sequential',
    config: {
      name: 'last',
      layers: [{ class_name: 'ReLU', config: { name: 'r', batch_input_shape: [null, 8, 8, 3] } }],
    },
  }
  for (let at = 0; at < depth; at++)
    model = { class_name: 'Sequential', config: { name: `m${at}`, layers: [model, model] } }
  return model
}

/** A model of an input alone within another, used again and again at every depth. */
function usedAgain(depth: number, uses: number): unknown {
  let inner: unknown = functional([image], 'i')
  for (let at = 0; at < depth; at++) {
    const calls = Array.from({ length: uses }, (_, use) => [[use === 0 ? 'i' : 'm', Math.max(0, use - 1), 0, {}]])
    const called = { ...(inner as object), name: 'm', inbound_nodes: calls }
    inner = {
      class_name: 'Functional',
      config: { name: 'm', layers: [image, called], input_layers: [['i', 0, 0]], output_layers: [['m', uses - 1, 0]] },
    }
  }
  return inner
}
const TFJS_LAYERS = {
  class_name: 'Sequential',
  config: {
    name: 's',
    layers: [{ class_name: 'Dense', config: { name: 'd', units: 2, batch_input_shape: [null, 4] } }],
  },
}
const tfjs = (paths: readonly string[], weights: readonly unknown[]): Buffer =>
  json({ format: 'layers-model', modelTopology: TFJS_LAYERS, weightsManifest: [{ paths, weights }] })
const kernel = (shape: readonly number[]) => ({ name: 'd/kernel', shape, dtype: 'float32' })

export const CRAFTED_KERAS: Crafted = [
  ['net.json', 'a model of nothing that is used again and again', () => json(usedAgain(3, 100))],
  [
    'net.json',
    '15,000 layers in the order from the last to the first',
    () => {
      const layers = Array.from({ length: 15_000 }, (_, at) =>
        layer('ReLU', { name: `r${at}` }, [[[at === 0 ? 'i' : `r${at - 1}`, 0, 0, {}]]]),
      )
      return json(functional([image, ...layers.reverse()], 'r14999'))
    },
  ],
  [
    'net.json',
    'a sum of 20,000 layers that come behind it',
    () => {
      const names = Array.from({ length: 12_000 }, (_, at) => `r${at}`)
      const sum = layer('Add', { name: 'sum' }, [names.map((name) => [name, 0, 0, {}])])
      const layers = names.map((name) => layer('ReLU', { name }, [[['i', 0, 0, {}]]])).reverse()
      return json(functional([image, sum, ...layers], 'sum'))
    },
  ],
  [
    'net.json',
    '10 million objects of nothing',
    () => Buffer.from(`{"class_name":"Sequential","config":[${'{},'.repeat(10_000_000)}{}]}`),
  ],
  [
    'model.json',
    'a shard that is named 100,000 times',
    () => tfjs(Array<string>(100_000).fill('group1-shard1of1.bin'), [kernel([4, 2])]),
  ],
  [
    'model.json',
    'a shard by two names',
    () => tfjs(['group1-shard1of1.bin', './group1-shard1of1.bin'], [kernel([4, 2])]),
  ],
  ['model.json', 'a weight of petabytes', () => tfjs(['group1-shard1of1.bin'], [kernel([2 ** 26, 2 ** 26])])],
  ['model.json', 'shards above the folder', () => tfjs(['../../../../etc/passwd'], [kernel([4, 2])])],
  [
    'net.nnp',
    '500 entries of weights that grow a thousand times',
    () => {
      const nothing = new Uint8Array(MIB)
      const entries = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`w${at}.h5`, nothing]))
      return Buffer.from(zipSync({ 'network.nntxt': Buffer.from('network { name: "n" }'), ...entries }))
    },
  ],
  ['net.nnp', 'a text of 64 MiB', () => Buffer.from(zipSync({ 'network.nntxt': Buffer.alloc(64 * MIB, ' ') }))],
  [
    'net.nnp',
    'spaces before what is no token',
    () => Buffer.from(zipSync({ 'network.nntxt': Buffer.from(`network {${' ,;'.repeat(300_000)}\u0001`) })),
  ],
  [
    'net.keras',
    'a configuration whose checksum is wrong',
    () => {
      const bytes = Buffer.from(zipSync({ 'config.json': json(nestedModels(0)) }, { level: 0 }))
      const at = bytes.indexOf('ReLU')
      bytes.write('Relu', at)
      return bytes
    },
  ],

  [
    'net.json',
    'a circle of layers',
    () =>
      json(
        functional(
          [image, layer('ReLU', { name: 'a' }, [[['b', 0, 0, {}]]]), layer('ReLU', { name: 'b' }, [[['a', 0, 0, {}]]])],
          'b',
        ),
      ),
  ],
  [
    'net.json',
    'a layer that reads itself',
    () =>
      json(
        functional(
          [
            image,
            layer('Add', { name: 'a' }, [
              [
                ['i', 0, 0, {}],
                ['a', 0, 0, {}],
              ],
            ]),
          ],
          'a',
        ),
      ),
  ],
  ['net.json', 'models that double 15 times', () => json(nestedModels(15))],
  ['net.json', 'brackets without end', () => Buffer.from('['.repeat(5_000_000))],
  [
    'net.json',
    'a model nested 10,000 deep',
    () => Buffer.from(`${'{"class_name":"Sequential","config":{"layers":['.repeat(10_000)}${']}}'.repeat(10_000)}`),
  ],
  [
    'net.json',
    'keys of prototypes',
    () =>
      Buffer.from(
        '{"class_name":"Sequential","config":{"__proto__":{"x":1},"constructor":{"prototype":{}},"layers":[]}}',
      ),
  ],
  [
    'net.json',
    'a convolution of 2^40 channels',
    () =>
      json({
        class_name: 'Sequential',
        config: {
          name: 's',
          layers: [
            {
              class_name: 'Conv2D',
              config: { name: 'c', filters: 2 ** 40, kernel_size: [3, 3], batch_input_shape: [null, 8, 8, 3] },
            },
          ],
        },
      }),
  ],
  [
    'net.json',
    'an image of 2^30 pixels a side',
    () =>
      json({
        class_name: 'Sequential',
        config: {
          name: 's',
          layers: [
            { class_name: 'Flatten', config: { name: 'c', batch_input_shape: [null, 2 ** 30, 2 ** 30, 3] } },
            { class_name: 'Dense', config: { name: 'd', units: 2 } },
          ],
        },
      }),
  ],
  [
    'net.json',
    '30,000 layers',
    () =>
      json({
        class_name: 'Sequential',
        config: {
          name: 's',
          layers: Array.from({ length: 30_000 }, (_, at) => ({
            class_name: 'ReLU',
            config: { name: `r${at}`, batch_input_shape: [null, 8, 8, 3] },
          })),
        },
      }),
  ],
  [
    'net.keras',
    'weights that grow a thousand times',
    () => Buffer.from(zipSync({ 'config.json': json(nestedModels(0)), 'model.weights.h5': new Uint8Array(256 * MIB) })),
  ],
  ['net.keras', 'a configuration that grows', () => Buffer.from(zipSync({ 'config.json': new Uint8Array(80 * MIB) }))],
  [
    'net.keras',
    'an entry above the folder',
    () => Buffer.from(zipSync({ '../../evil': json(1), 'config.json': json(nestedModels(0)) })),
  ],
  [
    'net.keras',
    '20,000 entries',
    () =>
      Buffer.from(
        zipSync(Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`e${at}`, new Uint8Array(0)]))),
      ),
  ],
  [
    'net.keras',
    'weights that are no HDF5',
    () =>
      Buffer.from(zipSync({ 'config.json': json(nestedModels(0)), 'model.weights.h5': new Uint8Array(5000).fill(7) })),
  ],
  [
    'net.nnp',
    'messages without end',
    () => Buffer.from(zipSync({ 'network.nntxt': Buffer.from('network {'.repeat(200_000)) })),
  ],
  [
    'net.nnp',
    'a line that matches slowly',
    () => Buffer.from(zipSync({ 'network.nntxt': Buffer.from(`a: "${'\\\\'.repeat(400_000)}`) })),
  ],
  [
    'net.h5',
    'the head of an HDF5 file and nothing',
    () => Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]),
  ],
]
