// What is exported comes back: the layers of every kind, block and network of the zoo, read off the operators alone; and files of
// others, as their programs write them.
import { ancestorsOf } from '@shared/architecture/ancestors'
import { describe, expect, it } from 'vitest'
import { canonicalHash } from '@shared/architecture/canonical'
import { prepareArchitecture } from '@shared/architecture/prepared'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import type { LayerGraph } from '@shared/architecture/layer'
import { zooNetwork } from '@shared/architecture/zoo'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { designFromOnnx } from '@shared/exchange/onnx/design-from-onnx'
import { importGraph } from '@shared/exchange/onnx/import-graph'
import {
  attribute,
  encodeModel,
  FLOAT,
  INT64,
  valueInfo,
  type NodeProto,
  type TensorProto,
} from '@shared/exchange/onnx/proto'
import { readOnnxGraph } from '@shared/exchange/onnx/read-graph'
import { onnxOptionsSchema, type OnnxOptions } from '@shared/exchange/onnx/options'
import { elementCount } from '@shared/element-count'
import { buildNetwork } from '../../networks/network'
import { BLOCK_CASES } from '../../networks/testing/block-cases'
import { KIND_CASES } from '../../networks/testing/kind-cases'
import { weightsFrom } from '../../networks/weights'
import { onnxModel } from './model'

function written(graph: LayerGraph, options: Partial<OnnxOptions> = {}, properties = {}): Uint8Array {
  const network = buildNetwork(graph)
  const weights = weightsFrom(
    network.arrays.map((each) => ({ ...each, values: new Float32Array(elementCount(each.shape)) })),
  )
  const channels = graph.input.length === 3 ? graph.input[2] : 1
  const normalisation = {
    mean: Array(channels).fill(0.5) as number[],
    deviation: Array(channels).fill(0.2) as number[],
  }
  const source = { network, weights, normalisation, properties, producerVersion: '', ranges: null }
  return encodeModel(onnxModel(source, onnxOptionsSchema.parse(options)))
}

/** Regularisation and cut connections leave no operator; one input a group is a depthwise convolution. */
function asImported(graph: LayerGraph): LayerGraph {
  const reached = ancestorsOf(graph)
  const nodes = buildNetwork(graph).graph.nodes.filter(({ id }) => reached.has(id))
  return {
    ...graph,
    nodes: nodes.map((node) => {
      if (node.kind === 'dropout' || node.kind === 'stochastic-depth')
        return { ...node, kind: 'identity', parameters: {} }
      return node
    }),
  }
}
const isGroupedByOne = ({ nodes }: LayerGraph): boolean =>
  nodes.some(({ kind, parameters }) => kind === 'conv2d' && parameters['groups'] === 4)
/** A rounded-up window whose padding is counted is an average and a product: told, not read. */
const isCorrected = ({ nodes }: LayerGraph): boolean =>
  nodes.some(
    ({ kind, parameters }) =>
      kind === 'average-pool' && parameters['ceil'] === true && parameters['countPadding'] === true,
  )

/** Padding and rounding that give the same windows may be named otherwise: shapes and weights are the same. */
function expectSame(found: LayerGraph, wanted: LayerGraph): void {
  const [ours, theirs] = [buildNetwork(wanted), buildNetwork(found)]
  const shapes = ({ shapes: all }: typeof ours) => new Set([...all.values()].map((shape) => shape.join('x')))
  expect(theirs.parameterCount).toBe(ours.parameterCount)
  expect(shapes(theirs)).toEqual(shapes(ours))
}

describe('the import of ONNX', () => {
  const cases = [...KIND_CASES, ...BLOCK_CASES].filter(({ graph }) => !isGroupedByOne(graph) && !isCorrected(graph))
  it.each(cases.map(({ title, graph }) => [title, graph] as const))('gives back %s', (_, graph) => {
    for (const options of [{}, { inputLayout: 'nhwc', preprocessing: false, softmax: false }] as const) {
      const { graph: found, problems } = importGraph(readOnnxGraph(written(graph, options)))
      expect(problems).toEqual([])
      expectSame(found, asImported(graph))
    }
  })

  it.each(['resnet18', 'efficientnet_b0', 'shufflenet_v2_x1_0', 'regnet_y_400mf'])(
    'gives back %s, the same architecture by its hash',
    (name) => {
      const { graph } = zooNetwork(name, { input: [64, 64, 3], classes: 7 })
      const { graph: found, problems } = importGraph(readOnnxGraph(written(graph)))
      expect(problems).toEqual([])
      expect(canonicalHash(found)).toBe(canonicalHash(asImported(graph)))
    },
  )

  it('gives back googlenet, whose poolings round up where it makes no difference', () => {
    const { graph } = zooNetwork('googlenet', { input: [64, 64, 3], classes: 7 })
    const { graph: found, problems } = importGraph(readOnnxGraph(written(graph)))
    expect(problems).toEqual([])
    expectSame(found, asImported(graph))
  })

  it('takes the design that a file of ours holds, blocks and all', () => {
    const document = zooDocument('resnet18')
    const { graph } = prepareArchitecture(document, BUILT_IN_BLOCKS)
    const bytes = written(graph, {}, { architecture: JSON.stringify(document) })
    expect(designFromOnnx(bytes, 'x').document).toEqual(document)
    // Another program's property of that name is not ours.
    expect(
      designFromOnnx(written(graph, {}, { architecture: 'ResNet' }), 'mine').document.records['meta'],
    ).toMatchObject({
      name: 'mine',
      classes: 1000,
      input: [224, 224, 3],
    })
  })

  const tensor = (name: string, dims: number[], values?: number[]): TensorProto =>
    values === undefined
      ? { name, dims, dataType: FLOAT, rawData: new Uint8Array(4 * elementCount(dims)) }
      : { name, dims, dataType: INT64, int64Data: values }
  const op = (opType: string, input: string[], output: string, attributes: NodeProto['attribute'] = []): NodeProto => ({
    name: output,
    opType,
    input,
    output: [output],
    attribute: attributes,
  })
  const model = (node: NodeProto[], initializer: TensorProto[], output: string): Uint8Array =>
    encodeModel({
      irVersion: 8,
      producerName: 'pytorch',
      producerVersion: '2',
      opsetImport: [{ domain: '', version: 17 }],
      metadataProps: [],
      graph: { name: 'main', node, initializer, input: [valueInfo('x', [3, 8, 8])], output: [valueInfo(output, [2])] },
    })
  const tail = (from: string): [NodeProto[], TensorProto[]] => [
    [
      op('GlobalAveragePool', [from], 'mean'),
      op('Reshape', ['mean', 'two'], 'flat'),
      op('MatMul', ['flat', 'w'], 'product'),
      op('Add', ['b', 'product'], 'out'),
    ],
    [tensor('two', [2], [-1, 4]), tensor('w', [4, 2]), tensor('b', [2])],
  ]

  it('reads forms of other programs: Pad before a convolution, MatMul with its bias apart, Reshape to features', () => {
    const [nodes, constants] = tail('act')
    const bytes = model(
      [
        op('Pad', ['x', 'pads'], 'padded'),
        op('Conv', ['padded', 'k'], 'conv', [attribute.ints('strides', [2, 2])]),
        op('Clip', ['conv', 'low', 'high'], 'act'),
        ...nodes,
      ],
      [
        tensor('pads', [8], [0, 0, 1, 1, 0, 0, 1, 1]),
        tensor('k', [4, 3, 3, 3]),
        { name: 'low', dims: [], dataType: FLOAT, floatData: [0] },
        { name: 'high', dims: [], dataType: FLOAT, floatData: [6] },
        ...constants,
      ],
      'out',
    )
    const { graph, problems } = importGraph(readOnnxGraph(bytes))
    expect(problems).toEqual([])
    expect(graph.nodes.map(({ kind }) => kind)).toEqual(['conv2d', 'relu6', 'global-average-pool', 'flatten', 'dense'])
    expect(graph.nodes[0]!.parameters).toMatchObject({ padding: 'half', stride: [2, 2], bias: false })
    expect(graph.nodes.at(-1)!.parameters).toMatchObject({ features: 2, bias: true })
  })

  it('works out what is calculated of shapes: halves of channels, and a channel shuffle (torch.onnx with a free batch)', () => {
    const side = (from: string, at: string, name: string): NodeProto[] => [
      op('Shape', [from], `${name}.shape`),
      op('Gather', [`${name}.shape`, at], name),
    ]
    const [nodes, constants] = tail('y')
    const bytes = model(
      [
        op('Conv', ['x', 'k'], 'conv', [attribute.ints('pads', [1, 1, 1, 1])]),
        ...side('conv', '1', 'channels'),
        op('Add', ['channels', '1'], 'more'),
        // Of whole numbers: (4 + 1) / 2 is 2.
        op('Div', ['more', '2'], 'half'),
        op('Mul', ['half', '1'], 'first'),
        op('Mul', ['half', '2'], 'second'),
        op('Slice', ['conv', '0', 'first', '1'], 'left'),
        op('Slice', ['conv', 'first', 'second', '1'], 'right'),
        op('Relu', ['right'], 'active'),
        op('Concat', ['left', 'active'], 'both', [attribute.int('axis', 1)]),
        ...side('both', '0', 'batch'),
        ...side('both', '2', 'height'),
        op('Div', ['channels', '2'], 'width'),
        op('Cast', ['width'], 'whole', [attribute.int('to', INT64)]),
        ...['batch', 'whole', 'height'].map((name) => op('Unsqueeze', [name, '0'], `${name}.list`)),
        op('Concat', ['batch.list', '2.list', 'whole.list', 'height.list', 'height.list'], 'groups', [
          attribute.int('axis', 0),
        ]),
        op('Reshape', ['both', 'groups'], 'grouped'),
        op('Transpose', ['grouped'], 'turned', [attribute.ints('perm', [0, 2, 1, 3, 4])]),
        op('Reshape', ['turned', 'sizes'], 'y'),
        ...nodes,
      ],
      [
        tensor('k', [4, 3, 3, 3]),
        ...[0, 1, 2].map((value) => tensor(`${value}`, [], [value])),
        tensor('2.list', [1], [2]),
        tensor('sizes', [4], [-1, 4, 8, 8]),
        ...constants,
      ],
      'out',
    )
    const { graph, problems } = importGraph(readOnnxGraph(bytes))
    expect(problems).toEqual([])
    const layers = ['conv2d', 'split', 'split', 'relu', 'concatenate', 'channel-shuffle', 'global-average-pool']
    expect(graph.nodes.slice(0, layers.length).map(({ kind }) => kind)).toEqual(layers)
    const of = (kind: string) => graph.nodes.filter((node) => node.kind === kind).map(({ parameters }) => parameters)
    expect(of('split')).toEqual([
      { parts: 2, part: 0 },
      { parts: 2, part: 1 },
    ])
    expect(of('channel-shuffle')).toEqual([{ groups: 2 }])
  })

  it('lists every operator that it does not know with its place, and opens the rest', () => {
    const [nodes, constants] = tail('leaky')
    const bytes = model(
      [
        op('Conv', ['x', 'k'], 'conv', [attribute.ints('pads', [2, 2, 2, 2])]),
        op('InstanceNormalization', ['conv', 's', 's'], 'norm'),
        op('Conv', ['norm', 'k2'], 'conv2'),
        op('LeakyRelu', ['conv2'], 'leaky'),
        ...nodes,
      ],
      [tensor('k', [4, 3, 3, 3]), tensor('k2', [4, 4, 1, 1]), tensor('s', [4]), ...constants],
      'out',
    )
    const { graph, problems } = importGraph(readOnnxGraph(bytes))
    expect(problems.map(({ place, operator }) => `${operator} ${place}`)).toEqual([
      'Conv conv',
      'InstanceNormalization norm',
      'LeakyRelu leaky',
    ])
    expect(problems[0]!.reason).toMatch(/padding \[2, 2, 2, 2\] is none of half, same and none/)
    expect(graph.nodes.filter(({ kind }) => kind === 'dense')).toHaveLength(1)
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('{"format": "onnx"}')],
    ['half a file', written(KIND_CASES[0]!.graph).subarray(0, 400)],
    ['random bytes', Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)],
  ])('refuses %s', (_, bytes) => {
    expect(() => designFromOnnx(bytes, 'x')).toThrow(/no ONNX model|No network can be made/)
  })

  it('of 400 damaged files ends with a design, or says in our words why not', () => {
    const whole = written(zooNetwork('shufflenet_v2_x0_5', { input: [32, 32, 3], classes: 3 }).graph, {
      externalDataAbove: 0,
    })
    // Most of the bytes are zeros of weights: the nodes lie in front.
    const front = 30_000
    const random = createRandom(17)
    for (let i = 0; i < 400; i++) {
      const bytes = Uint8Array.from(whole)
      const cut = i % 4 === 0 ? bytes.subarray(0, random.integer(bytes.length)) : bytes
      for (let change = 0; change < 1 + (i % 5); change++) {
        const at = random.integer(Math.min(front, cut.length || 1))
        if (at < cut.length) cut[at] = random.integer(256)
      }
      try {
        const { document } = designFromOnnx(cut, 'x')
        expect(document.records['meta']).toBeDefined()
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown
        expect(thrown.message.length).toBeGreaterThan(20)
      }
    }
  })
})
