// Files that are no networks, or lead elsewhere: what is said of them. What networks of other programs compute is
// compute/exchange/import-values.test.ts's.
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AppError } from '@shared/errors'
import { encodeModel, EXTERNAL, FLOAT, valueInfo } from '@shared/exchange/onnx/proto'
import { readNetwork } from './read-network'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'read-network-'))
  mkdirSync(path.join(folder, 'model'))
  writeFileSync(path.join(folder, 'secret.bin'), Buffer.alloc(4096))
  symlinkSync(path.join(folder, 'secret.bin'), path.join(folder, 'model', 'link.bin'))
})
afterAll(() => rmSync(folder, { recursive: true }))
const written = (name: string, content: string | Uint8Array): string => {
  writeFileSync(path.join(folder, 'model', name), content)
  return path.join(folder, 'model', name)
}

/** One dense layer whose kernel lies in another file. */
const apart = (location: string, offset = '0', length = '24'): Uint8Array =>
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
          dims: [3, 2],
          dataType: FLOAT,
          dataLocation: EXTERNAL,
          externalData: Object.entries({ location, offset, length }).map(([key, value]) => ({ key, value })),
        },
      ],
      input: [valueInfo('x', [3])],
      output: [valueInfo('scores', [2])],
    },
  })

describe('weights beside an ONNX model', () => {
  it('are read from the place that it names', async () => {
    written('w.bin', Buffer.concat([Buffer.alloc(8), Buffer.from(Float32Array.of(1, 2, 3, 4, 5, 6).buffer)]))
    const { values } = await readNetwork(written('good.onnx', apart('w.bin', '8')))
    expect(values().arrays.map(({ name, values: all }) => [name, [...all]])).toEqual([
      ['scores/kernel', [1, 2, 3, 4, 5, 6]],
    ])
  })

  it.each([
    '../secret.bin',
    '/etc/passwd',
    'link.bin',
    'a/../../secret.bin',
    '..\\secret.bin',
    'file:///etc/passwd',
    '',
    '.',
  ])('are refused at %j', async (location) => {
    await expect(async () => (await readNetwork(written('bad.onnx', apart(location)))).values()).rejects.toThrow(
      /does not lie in its own folder/,
    )
  })

  it.each([
    ['8', '99999999', /bytes: 99999999 from 8 on were expected/],
    ['-1', '24', /no number/],
    ['1e3', '24', /no number/],
    ['0', '12', /has 12 bytes, 24 were expected/],
  ])('from %s, %s bytes: told', async (offset, length, message) => {
    written('w.bin', Buffer.alloc(32))
    await expect(async () =>
      (await readNetwork(written('bad.onnx', apart('w.bin', offset, length)))).values(),
    ).rejects.toThrow(message)
  })

  it('that are gone are missing, and the layers are there', async () => {
    const read = await readNetwork(written('alone.onnx', apart('gone.bin')))
    expect(read.graph.nodes).toHaveLength(1)
    expect(read.values()).toMatchObject({ arrays: [], missing: ['scores'] })
  })
})

describe('a zip', () => {
  const model = {
    class_name: 'Sequential',
    config: {
      name: 's',
      layers: [{ class_name: 'Dense', config: { name: 'd', units: 2, batch_input_shape: [null, 4] } }],
    },
  }
  const zip = (entries: Readonly<Record<string, Uint8Array>>): Uint8Array => zipSync(entries)
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

  it('with the layers of Keras is read by its content, whatever it is called', async () => {
    const read = await readNetwork(
      written('renamed.bin', zip({ 'config.json': text(model), '../evil.txt': text('x') })).replace(/$/, ''),
    ).catch((error: unknown) => error)
    // A name that leads out of the archive is refused before anything of it is looked at.
    expect(String(read)).toMatch(/relative path|damaged/)
    expect((await readNetwork(written('renamed.bin', zip({ 'config.json': text(model) })))).format).toBe('keras')
  })

  it('that grows is refused', async () => {
    const bomb = zip({ 'config.json': text(model), 'model.weights.h5': new Uint8Array(64 * 1024 ** 2) })
    await expect(readNetwork(written('bomb.keras', bomb))).rejects.toThrow(/grows from/)
  })

  it('without a network is told what was expected', async () => {
    await expect(readNetwork(written('photos.zip', zip({ 'a.txt': text('x') })))).rejects.toThrow(
      /neither a config.json of Keras nor/,
    )
  })
})

describe('a model of Keras or tfjs', () => {
  const sequential = (layers: readonly unknown[]): string =>
    JSON.stringify({ class_name: 'Sequential', config: { name: 's', layers } })
  it.each([
    ['no layers', sequential([]), /no layers/],
    [
      'a key of prototypes',
      '{"class_name":"Sequential","config":{"__proto__":{"layers":[]}}}',
      /not allowed|not JSON|format/,
    ],
    [
      'deep nesting',
      `${'{"class_name":"Sequential","config":{"layers":['.repeat(60)}${']}}'.repeat(60)}`,
      /nested|nest/,
    ],
    [
      'a circle',
      JSON.stringify({
        class_name: 'Functional',
        config: {
          layers: [
            { class_name: 'InputLayer', name: 'i', config: { name: 'i', batch_shape: [null, 8, 8, 3] } },
            { class_name: 'ReLU', name: 'a', config: { name: 'a' }, inbound_nodes: [[['b', 0, 0, {}]]] },
            { class_name: 'ReLU', name: 'b', config: { name: 'b' }, inbound_nodes: [[['a', 0, 0, {}]]] },
          ],
          input_layers: [['i', 0, 0]],
          output_layers: [['b', 0, 0]],
        },
      }),
      /reads what is not there, or itself/,
    ],
    ['a graph model', '{"format":"graph-model","modelTopology":{"node":[]}}', /graph model/],
  ])('with %s is refused', async (_, content, message) => {
    await expect(readNetwork(written('model.json', content))).rejects.toThrow(message)
  })

  it('names every layer that is none here, with its place, and opens the rest', async () => {
    const layers = [
      {
        class_name: 'Conv2D',
        config: { name: 'c', filters: 4, kernel_size: [3, 3], batch_input_shape: [null, 8, 8, 3] },
      },
      { class_name: 'LayerNormalization', config: { name: 'norm' } },
      { class_name: 'Activation', config: { name: 'act', activation: 'elu' } },
      { class_name: 'GlobalAveragePooling2D', config: { name: 'mean' } },
      { class_name: 'Dense', config: { name: 'scores', units: 2 } },
    ]
    const { problems, graph } = await readNetwork(written('odd.json', sequential(layers)))
    expect(problems.map(({ operator, place }) => `${operator} ${place}`)).toEqual([
      'LayerNormalization norm',
      'Activation act',
    ])
    expect(graph.nodes.map(({ kind }) => kind)).toEqual([
      'conv2d',
      'identity',
      'identity',
      'global-average-pool',
      'flatten',
      'dense',
    ])
  })

  it('refuses shards that lie elsewhere', async () => {
    const model = {
      modelTopology: JSON.parse(
        sequential([
          { class_name: 'Dense', config: { name: 'd', units: 2, use_bias: false, batch_input_shape: [null, 4] } },
        ]),
      ) as unknown,
      weightsManifest: [{ paths: ['../secret.bin'], weights: [{ name: 'd/kernel', shape: [4, 2], dtype: 'float32' }] }],
    }
    const { values } = await readNetwork(written('model.json', JSON.stringify(model)))
    expect(() => values()).toThrow(/does not lie in its own folder/)
  })
})

describe('a network of NNP', () => {
  it('has its layers, and its values from parameter.h5 where it has one', async () => {
    const text = `network { name: "net" batch_size: 1
      variable { name: "x" type: "Buffer" shape { dim: -1 dim: 3 dim: 8 dim: 8 } }
      variable { name: "c/W" type: "Parameter" shape { dim: 4 dim: 3 dim: 3 dim: 3 } }
      variable { name: "a/W" type: "Parameter" shape { dim: 144 dim: 2 } }
      function { name: "conv" type: "Convolution" input: "x" input: "c/W" output: "h"
        convolution_param { base_axis: 1 pad { dim: 0 dim: 0 } stride { dim: 1 dim: 1 } dilation { dim: 1 dim: 1 } group: 1 } }
      function { name: "elu" type: "ELU" input: "h" output: "e" elu_param { alpha: 1.0 } }
      function { name: "act" type: "ReLU" input: "e" output: "r" relu_param { inplace: true } }
      function { name: "fc" type: "Affine" input: "r" input: "a/W" output: "y" affine_param { base_axis: 1 } } }`
    const file = written('net.nnp', zipSync({ 'network.nntxt': new TextEncoder().encode(text) }))
    const { graph, problems, values } = await readNetwork(file)
    expect(problems).toEqual([{ place: 'elu', operator: 'ELU', reason: 'there is no layer for this operator' }])
    expect(graph.nodes.map(({ kind }) => kind)).toEqual(['conv2d', 'identity', 'relu', 'flatten', 'dense'])
    expect(values().missing).toEqual(['conv', 'fc'])
  })
})

describe('what is no network', () => {
  const torch = zipSync({ 'archive/data.pkl': new Uint8Array(8), 'archive/version': new Uint8Array(2) })
  const lite = Buffer.from('\x1c\0\0\0TFL3\x14\0\0\0', 'latin1')
  it.each([
    ['package.json', '{"name": "theirs", "dependencies": {}}', /holds no network/, /\.onnx, \.keras/],
    ['list.json', '[1, 2]', /holds no network/, /\.onnx, \.keras/],
    ['word.json', '"network"', /holds no network/, /\.onnx, \.keras/],
    ['genotype.json', '{"space": "nas-bench-101"}', /genotype of a search space/, /into a run/],
    ['model.pt', torch, /PyTorch/, /torch\.onnx\.export/],
    ['renamed.zip', torch, /PyTorch/, /torch\.onnx\.export/],
    ['model.pth', Buffer.from([0x80, 2]), /PyTorch/, /torch\.onnx\.export/],
    ['model.tflite', lite, /TensorFlow Lite/, /tf2onnx/],
    ['model.bin', lite, /TensorFlow Lite/, /tf2onnx/],
    ['frozen.pb', Buffer.from([0x0a, 4]), /TensorFlow graph/, /model\.keras/],
    ['weights.safetensors', Buffer.from('\x10\0\0\0\0\0\0\0{"a":{}}'), /values without the layers/, /whole model/],
    ['photo.png', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), /no network that can be read/, /\.onnx, \.keras/],
    ['notes.txt', 'dear diary', /no network that can be read/, /\.onnx, \.keras/],
  ])('is told what it is: %s', async (name, content, message, fix) => {
    const refused = await readNetwork(written(name, content)).catch((thrown: unknown) => thrown as AppError)
    expect(refused).toMatchObject({ code: 'invalid-input' })
    expect((refused as AppError).message).toMatch(message)
    expect((refused as AppError).fix).toMatch(fix)
  })

  it('is a SavedModel, too, which is a folder', async () => {
    const place = path.join(folder, 'saved')
    mkdirSync(place)
    writeFileSync(path.join(place, 'saved_model.pb'), Buffer.alloc(4))
    await expect(readNetwork(place)).rejects.toThrow(/SavedModel of TensorFlow/)
  })

  it('a design that is damaged is told by its own reader, with the place', async () => {
    await expect(
      readNetwork(written('mine.json', '{"format": "gptnas-architecture/7", "records": {}}')),
    ).rejects.toThrow(/version 7/)
    await expect(readNetwork(written('mine.json', '{"records": {}}'))).rejects.toThrow(/expected "gptnas-architecture/)
  })
})
