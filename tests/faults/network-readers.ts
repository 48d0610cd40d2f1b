// Readers of networks of other programs, each with a valid seed: what their own programs have written (fixtures/foreign), and small files of
// the formats whose programs are not here.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { zipSync } from 'fflate'
import { zooDocument } from '../../src/shared/architecture/document/zoo-document'
import { encodeModel, EXTERNAL, FLOAT, valueInfo } from '../../src/shared/exchange/onnx/proto'
import { readNetwork } from '../../src/node/networks/read-network'
import { checkout } from '../../bench/harness'
import type { Reader } from './readers'

const foreign = (name: string): Buffer => readFileSync(path.join(checkout, 'tests', 'fixtures', 'foreign', name))

/** Layers and values: all that an import reads. */
const reader = (name: string, file: string, files: Readonly<Record<string, Buffer>>): Reader => ({
  name: `a network of ${name}`,
  files,
  read: async (folder) => void (await readNetwork(path.join(folder, file))).values(),
})

const text = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

/** One dense layer, whose kernel lies in a file beside the model. */
const onnxApart = (): Buffer =>
  Buffer.from(
    encodeModel({
      irVersion: 8,
      producerName: 'another',
      producerVersion: '1',
      opsetImport: [{ domain: '', version: 17 }],
      metadataProps: [],
      graph: {
        name: 'g',
        node: [{ name: 'scores', opType: 'Gemm', input: ['x', 'w'], output: ['scores'], attribute: [] }],
        initializer: [
          {
            name: 'w',
            dims: [64, 10],
            dataType: FLOAT,
            dataLocation: EXTERNAL,
            externalData: Object.entries({ location: 'w.bin', offset: '0', length: '2560' }).map(([key, value]) => ({
              key,
              value,
            })),
          },
        ],
        input: [valueInfo('x', [64])],
        output: [valueInfo('scores', [10])],
      },
    }),
  )

const TFJS = {
  format: 'layers-model',
  modelTopology: {
    class_name: 'Sequential',
    config: {
      name: 's',
      layers: [
        {
          class_name: 'Conv2D',
          config: { name: 'c', filters: 8, kernel_size: [3, 3], batch_input_shape: [null, 8, 8, 3] },
        },
        { class_name: 'Flatten', config: { name: 'f' } },
        { class_name: 'Dense', config: { name: 'd', units: 10, use_bias: false } },
      ],
    },
  },
  weightsManifest: [
    {
      paths: ['group1-shard1of1.bin'],
      weights: [
        { name: 'c/kernel', shape: [3, 3, 3, 8], dtype: 'float32' },
        { name: 'c/bias', shape: [8], dtype: 'float32' },
        { name: 'd/kernel', shape: [288, 10], dtype: 'float32' },
      ],
    },
  ],
}

const NNP = `network { name: "net" batch_size: 1
  variable { name: "x" type: "Buffer" shape { dim: -1 dim: 3 dim: 8 dim: 8 } }
  variable { name: "c/W" type: "Parameter" shape { dim: 4 dim: 3 dim: 3 dim: 3 } }
  function { name: "conv" type: "Convolution" input: "x" input: "c/W" output: "h"
    convolution_param { base_axis: 1 pad { dim: 0 dim: 0 } stride { dim: 1 dim: 1 } dilation { dim: 1 dim: 1 } group: 1 } }
  function { name: "act" type: "ReLU" input: "h" output: "r" relu_param { inplace: true } }
  function { name: "mean" type: "GlobalAveragePooling" input: "r" output: "y" } }`

/** A design, and an export that holds it. */
const OURS = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })

export const networkReaders = (): Reader[] => [
  reader('our own design', 'net.gptnas.json', { 'net.gptnas.json': text(OURS) }),
  reader('our own export', '.', {
    'metadata.json': text({ format: 'architecture-json', architecture: OURS, files: [] }),
  }),
  reader('Keras', 'net.keras', { 'net.keras': foreign('nested.keras') }),
  reader('Keras in HDF5', 'net.h5', { 'net.h5': foreign('nested.h5') }),
  reader('Keras as JSON', 'net.json', { 'net.json': foreign('mixed-keras.json') }),
  reader('PyTorch as ONNX', 'net.onnx', { 'net.onnx': foreign('torch-script.onnx') }),
  reader('ONNX with weights beside it', 'net.onnx', { 'net.onnx': onnxApart(), 'w.bin': Buffer.alloc(2560, 1) }),
  reader('tfjs', 'model.json', {
    'model.json': text(TFJS),
    'group1-shard1of1.bin': Buffer.alloc((216 + 8 + 2880) * 4, 1),
  }),
  reader('NNP', 'net.nnp', { 'net.nnp': Buffer.from(zipSync({ 'network.nntxt': text(NNP) })) }),
]
