// The network NAS-Bench-201 builds of a cell (Dong & Yang 2020, section 2.1): convolution and batch norm to 16 channels,
// three stacks of five cells, a residual block that halves the map and doubles the channels between stacks, batch norm,
// ReLU, global average pooling, dense. Convolutions of a cell are ReLU, convolution, batch norm.
import { INPUT_ID, type LayerGraph, type TensorShape } from '../../architecture/layer'
import { LayerWriter } from '../layer-writer'
import { CELL_EDGES, type EdgeGenotype } from './genotype'

/** Published skeleton: 16 channels, 3 stacks of 5 cells. */
export interface EdgeNetworkOptions {
  readonly input?: TensorShape
  readonly classes?: number
  readonly channels?: number
  readonly stacks?: number
  readonly cellsPerStack?: number
}

interface Convolution {
  readonly size: number
  readonly channels: number
  readonly stride?: number
}

function reluConvNorm(
  writer: LayerWriter,
  id: string,
  input: string,
  { size, channels, stride = 1 }: Convolution,
): string {
  const active = writer.layer(`${id}/relu`, 'relu', {}, [input])
  const parameters = { channels, kernel: [size, size], stride: [stride, stride] } as const
  return writer.layer(`${id}/norm`, 'batch-norm', {}, [writer.layer(`${id}/conv`, 'conv2d', parameters, [active])])
}

function writeCell(writer: LayerWriter, id: string, cell: EdgeGenotype, input: string, channels: number): string {
  const nodes = [input]
  for (let to = 1; to <= 3; to++) {
    const terms: string[] = []
    CELL_EDGES.forEach(([from, target], i) => {
      if (target !== to) return
      const edge = `${id}/${from}-${to}`
      const source = nodes[from]!
      switch (cell.operations[i]!) {
        case 'none':
          return
        case 'skip_connect':
          terms.push(source)
          return
        case 'nor_conv_1x1':
          terms.push(reluConvNorm(writer, edge, source, { size: 1, channels }))
          return
        case 'nor_conv_3x3':
          terms.push(reluConvNorm(writer, edge, source, { size: 3, channels }))
          return
        case 'avg_pool_3x3':
          terms.push(writer.layer(`${edge}/pool`, 'average-pool', { kernel: [3, 3], stride: [1, 1] }, [source]))
      }
    })
    if (terms.length === 0) nodes[to] = writer.layer(`${id}/${to}`, 'zero', {}, [input])
    else nodes[to] = terms.length === 1 ? terms[0]! : writer.layer(`${id}/${to}`, 'add', {}, terms)
  }
  return nodes[3]!
}

/** Two 3x3 convolutions beside average pooling and a bare 1x1 convolution. */
function writeReduction(writer: LayerWriter, id: string, input: string, channels: number): string {
  const first = reluConvNorm(writer, `${id}/a`, input, { size: 3, channels, stride: 2 })
  const second = reluConvNorm(writer, `${id}/b`, first, { size: 3, channels })
  const pooled = writer.layer(`${id}/pool`, 'average-pool', { kernel: [2, 2], stride: [2, 2], padding: 'none' }, [
    input,
  ])
  const shortcut = writer.layer(`${id}/shortcut`, 'conv2d', { channels, kernel: [1, 1] }, [pooled])
  return writer.layer(`${id}/sum`, 'add', {}, [second, shortcut])
}

/** The whole network of a cell; its output is logits `[classes]`. */
export function edgeNetwork(cell: EdgeGenotype, options: EdgeNetworkOptions = {}): LayerGraph {
  const { input = [32, 32, 3], classes = 10, channels = 16, stacks = 3, cellsPerStack = 5 } = options
  const writer = new LayerWriter()
  const stem = writer.layer('stem/conv', 'conv2d', { channels, kernel: [3, 3] }, [INPUT_ID])
  let value = writer.layer('stem/norm', 'batch-norm', {}, [stem])
  for (let stack = 0; stack < stacks; stack++) {
    const width = channels * 2 ** stack
    if (stack > 0) value = writeReduction(writer, `down-${stack}`, value, width)
    for (let i = 0; i < cellsPerStack; i++)
      value = writeCell(writer, `cell-${stack * cellsPerStack + i + 1}`, cell, value, width)
  }
  value = writer.layer('head/norm', 'batch-norm', {}, [value])
  value = writer.layer('head/relu', 'relu', {}, [value])
  value = writer.layer('head/pool', 'global-average-pool', {}, [value])
  value = writer.layer('head/flatten', 'flatten', {}, [value])
  const output = writer.layer('head/dense', 'dense', { features: classes }, [value])
  return { input, nodes: writer.nodes, output }
}
