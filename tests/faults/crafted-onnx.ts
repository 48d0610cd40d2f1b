// ONNX files that are meant to take minutes, gigabytes or files of somebody else.
import {
  encodeModel,
  EXTERNAL,
  FLOAT,
  INT64,
  valueInfo,
  type NodeProto,
  type TensorProto,
} from '../../src/shared/exchange/onnx/proto'

/** File name, what it is, its bytes. */
export type Crafted = readonly (readonly [file: string, what: string, make: () => Buffer])[]

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

const scalar = (name: string): TensorProto => ({ name, dims: [1], dataType: FLOAT, floatData: [1] })
const whole = (name: string, dims: readonly number[], values: readonly number[]): TensorProto => ({
  name,
  dims,
  dataType: INT64,
  int64Data: values,
})
const zeros = (name: string, dims: readonly number[]): TensorProto => ({
  name,
  dims,
  dataType: FLOAT,
  rawData: new Uint8Array(4 * dims.reduce((product, side) => product * side, 1)),
})
const chain = (count: number, make: (from: string, to: string, at: number) => NodeProto, from = 'c'): NodeProto[] =>
  Array.from({ length: count }, (_, at) => make(at === 0 ? from : `v${at - 1}`, at === count - 1 ? 'y' : `v${at}`, at))
/** A field of the graph, which is field 7 of the model, by its bytes. */
function graphOf(field: Buffer): Buffer {
  const length: number[] = []
  for (let rest = field.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) + 128)
    if (rest < 128) break
  }
  return Buffer.concat([Buffer.from([0x3a, ...length]), field])
}

export const CRAFTED_ONNX: Crafted = [
  [
    'net.onnx',
    'constants that are worked out three times each, thirty deep',
    () =>
      onnx(
        [
          ...chain(30, (from, to) => op('DequantizeLinear', [from, from, from], to)).slice(0, -1),
          op('Mul', ['x', 'v28'], 'y'),
        ],
        [scalar('c')],
      ),
  ],
  [
    'net.onnx',
    'a constant that is turned 90,000 times',
    () =>
      onnx(
        [...chain(90_000, (from, to) => op('Transpose', [from], to)).slice(0, -1), op('Mul', ['x', 'v89998'], 'y')],
        [scalar('c')],
      ),
  ],
  [
    'net.onnx',
    'a constant that is picked from 60,000 times, 65,536 numbers each',
    () => {
      const all = Array.from({ length: 65_536 }, (_, at) => at)
      const picks = chain(60_000, (from, to) => op('Gather', [from, 'i'], to))
      return onnx(
        [...picks.slice(0, -1), op('Mul', ['x', 'v59998'], 'y')],
        [zeros('c', [65_536]), whole('i', [65_536], all)],
      )
    },
  ],
  [
    'net.onnx',
    '19,000 additions of 16,384 constants',
    () =>
      onnx(
        chain(19_000, (from, to) => op('Add', [from, 'c'], to), 'x'),
        [zeros('c', [16_384, 1, 1])],
        [16_384, 1, 1],
      ),
  ],
  [
    'net.onnx',
    '4,000 convolutions that share a kernel of four megabytes',
    () =>
      onnx(
        chain(4_000, (from, to) => op('Conv', [from, 'k'], to), 'x'),
        [zeros('k', [1024, 1024, 1, 1])],
        [1024, 2, 2],
      ),
  ],
  ['net.onnx', '20 million empty nodes', () => graphOf(Buffer.alloc(40_000_000, Buffer.from([0x0a, 0])))],
  [
    'net.onnx',
    '20 million numbers of 64 bits',
    () => {
      // Field 7 of a tensor, which is field 5 of the graph.
      const list = Buffer.concat([Buffer.from([0x3a, 0x80, 0xda, 0xc4, 0x09]), Buffer.alloc(20_000_000, 1)])
      return graphOf(Buffer.concat([Buffer.from([0x2a, 0x85, 0xda, 0xc4, 0x09]), list]))
    },
  ],
  ['net.onnx', 'groups within groups', () => graphOf(Buffer.alloc(1_000_000, 0x0b))],
  [
    'net.onnx',
    'a name of five million dots',
    () => onnx([{ ...op('Relu', ['x'], 'y'), name: `${'.'.repeat(5_000_000)}x` }], []),
  ],
  [
    'net.onnx',
    'a name of five million strange letters',
    () =>
      onnx(
        [
          { ...op('Relu', ['x'], 'y'), name: '\u202e/'.repeat(2_500_000) },
          op('Elu', ['y'], '\u202e'.repeat(1_000_000)),
        ],
        [],
      ),
  ],
  [
    'net.onnx',
    '500 flattened maps of eight million features',
    () =>
      onnx(
        Array.from({ length: 500 }, (_, at) => [
          op('Conv', [at === 0 ? 'x' : `p${at - 1}`, 'k'], `p${at}`),
          op('Flatten', [`p${at}`], `f${at}`),
        ]).flat(),
        [zeros('k', [2, 2, 2, 2])],
        [2, 2048, 2048],
      ),
  ],
  [
    'net.onnx',
    'a flattened map that is joined a thousand times with itself',
    () => onnx([op('Flatten', ['x'], 'f'), op('Concat', Array<string>(1000).fill('f'), 'y')], [], [4, 512, 512]),
  ],
  [
    'net.onnx',
    'a constant with ever more axes',
    () =>
      onnx(
        [
          ...chain(10_000, (from, to) => op('Unsqueeze', [from, 'axes'], to)).slice(0, -1),
          op('Mul', ['x', 'v9998'], 'y'),
        ],
        [
          scalar('c'),
          whole(
            'axes',
            [200],
            Array.from({ length: 200 }, (_, at) => at),
          ),
        ],
      ),
  ],
  [
    'net.onnx',
    'a constant of 100,000 axes',
    () => flat({ name: 'w', dims: Array<number>(100_000).fill(1), dataType: FLOAT, floatData: [1] }),
  ],
  [
    'net.onnx',
    'twenty sums of 60,000 values',
    () =>
      onnx(
        chain(20, (from, to) => op('Sum', Array<string>(60_000).fill(from), to), 'x'),
        [],
      ),
  ],
  [
    'net.onnx',
    'products of 60,000 pairs',
    () => onnx([op('Sigmoid', ['x'], 's'), ...chain(60_000, (from, to) => op('Mul', [from, 's'], to), 'x')], []),
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
]
