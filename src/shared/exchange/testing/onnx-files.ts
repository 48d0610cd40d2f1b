// Small ONNX files for tests, as other programs write them.
import { elementCount } from '../../element-count'
import { encodeModel, FLOAT, INT64, valueInfo, type NodeProto, type TensorProto } from '../onnx/proto'

/** A constant of float32, zeros where no values are given; whole numbers (int64) where `isWhole`. */
export const tensor = (
  name: string,
  dims: readonly number[],
  values?: readonly number[],
  isWhole = false,
): TensorProto =>
  isWhole
    ? { name, dims, dataType: INT64, int64Data: values ?? [] }
    : { name, dims, dataType: FLOAT, floatData: values ?? Array<number>(elementCount(dims)).fill(0) }

export const op = (
  opType: string,
  input: readonly string[],
  output: string,
  attributes: NodeProto['attribute'] = [],
): NodeProto => ({ name: output, opType, input, output: [output], attribute: attributes })

/** An attribute of text. */
export const textAttribute = (name: string, text: string): NodeProto['attribute'][number] => ({
  name,
  type: 3,
  s: new TextEncoder().encode(text),
})

export interface SmallModel {
  readonly nodes: readonly NodeProto[]
  readonly constants?: readonly TensorProto[]
  /** Without the batch; of `x`. */
  readonly input?: readonly number[]
  readonly output?: string
  readonly opset?: number
  readonly properties?: Readonly<Record<string, string>>
  readonly producer?: string
}

/** A model whose input is `x`. */
export const smallModel = ({
  nodes,
  constants = [],
  input = [3, 8, 8],
  output = 'y',
  opset = 17,
  properties = {},
  producer = 'another',
}: SmallModel): Uint8Array =>
  encodeModel({
    irVersion: 8,
    producerName: producer,
    producerVersion: '1',
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: Object.entries(properties).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'g',
      node: nodes,
      initializer: constants,
      input: [valueInfo('x', input)],
      output: [valueInfo(output, [2])],
    },
  })
