// Networks that are meant to take minutes, gigabytes or files of somebody else: circles, tensors of petabytes, archives that grow, names that
// lead elsewhere, models within models without end, keys of prototypes. And the readers' seeds with bytes changed.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { zipSync } from 'fflate'
import {
  encodeModel,
  EXTERNAL,
  FLOAT,
  valueInfo,
  type NodeProto,
  type TensorProto,
} from '../../src/shared/exchange/onnx/proto'
import { MIB } from '../../src/shared/units'
import { attempt, type Attack } from './hostile-files'
import { mutate } from './mutations'
import { networkReaders } from './network-readers'

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const onnx = (node: NodeProto[], initializer: TensorProto[], dims: readonly number[] = [3, 8, 8]): Buffer =>
  Buffer.from(
    encodeModel({
      irVersion: 8,
      producerName: 'another',
      producerVersion: '1',
      opsetImport: [{ domain: '', version: 17 }],
      metadataProps: [],
      graph: { name: 'g', node, initializer, input: [valueInfo('x', dims)], output: [valueInfo('y', [2])] },
    }),
  )
const op = (opType: string, input: string[], output: string): NodeProto => ({
  name: output,
  opType,
  input,
  output: [output],
  attribute: [],
})
const outside = (location: string, offset: string, length: string): TensorProto => ({
  name: 'w',
  dims: [192, 2],
  dataType: FLOAT,
  dataLocation: EXTERNAL,
  externalData: Object.entries({ location, offset, length }).map(([key, value]) => ({ key, value })),
})
const flat = (weights: TensorProto): Buffer => onnx([op('Flatten', ['x'], 'f'), op('Gemm', ['f', 'w'], 'y')], [weights])

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

/** File name, what it is, its bytes. */
const CRAFTED: readonly (readonly [string, string, () => Buffer])[] = [
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
    'net.onnx',
    'a tensor of petabytes',
    () => flat({ name: 'w', dims: [2 ** 26, 2 ** 26], dataType: FLOAT, rawData: new Uint8Array(8) }),
  ],
  [
    'net.onnx',
    'a tensor of less than nothing',
    () => flat({ name: 'w', dims: [-192, -2], dataType: FLOAT, rawData: new Uint8Array(8) }),
  ],
  ['net.onnx', 'weights in /etc/passwd', () => flat(outside('/etc/passwd', '0', '1536'))],
  ['net.onnx', 'weights above the folder', () => flat(outside('../../../../etc/passwd', '0', '1536'))],
  ['net.onnx', 'weights in a device', () => flat(outside('/dev/zero', '0', '1536'))],
  ['net.onnx', 'weights from far behind', () => flat(outside('net.onnx', '9007199254740000', '1536'))],
  ['net.onnx', 'weights of petabytes', () => flat(outside('net.onnx', '0', '9007199254740000'))],
  [
    'net.onnx',
    'a circle of operators',
    () => onnx([op('Add', ['x', 'b'], 'a'), op('Relu', ['a'], 'b'), op('Relu', ['b'], 'y')], []),
  ],
  [
    'net.onnx',
    '90,000 additions of a constant',
    () =>
      onnx(
        Array.from({ length: 90_000 }, (_, at) =>
          op('Add', [at === 0 ? 'x' : `v${at - 1}`, 'c'], at === 89_999 ? 'y' : `v${at}`),
        ),
        [{ name: 'c', dims: [], dataType: FLOAT, floatData: [1] }],
      ),
  ],
  [
    'net.onnx',
    '90,000 activations',
    () =>
      onnx(
        Array.from({ length: 90_000 }, (_, at) =>
          op('Relu', [at === 0 ? 'x' : `v${at - 1}`], at === 89_999 ? 'y' : `v${at}`),
        ),
        [],
      ),
  ],
  [
    'net.onnx',
    'a flattened image of 2^40 values',
    () =>
      onnx(
        [op('Flatten', ['x'], 'f'), op('Gemm', ['f', 'w'], 'y')],
        [{ name: 'w', dims: [2 ** 20, 2], dataType: FLOAT, rawData: new Uint8Array(8) }],
        [3, 2 ** 20, 2 ** 20],
      ),
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

/**
 * @param folder empty
 * @param count how many in all; what is crafted comes first
 */
export async function attackNetworks(
  folder: string,
  count: number,
  onStart: (what: string) => void = () => undefined,
): Promise<Attack[]> {
  const place = path.join(folder, 'place')
  mkdirSync(folder, { recursive: true })
  const readers = networkReaders()
  const attacks: Attack[] = []
  for (const [file, mutation, make] of CRAFTED) {
    if (attacks.length >= count) break
    onStart(mutation)
    const reader = readers.find(({ files }) => Object.hasOwn(files, file)) ?? readers[0]!
    attacks.push(await attempt(place, reader, { file, mutation, seed: 0 }, (target) => writeFileSync(target, make())))
  }
  for (let seed = 0; attacks.length < count; seed++) {
    const reader = readers[seed % readers.length]!
    const names = Object.keys(reader.files)
    const file = names[Math.floor(seed / readers.length) % names.length]!
    const { mutation, bytes } = mutate(reader.files[file]!, Math.floor(seed / readers.length))
    onStart(`${reader.name}, ${mutation}`)
    attacks.push(await attempt(place, reader, { file, mutation, seed }, (target) => writeFileSync(target, bytes)))
  }
  return attacks
}
