// A cell spelled out in layers, and the network NAS-Bench-101 builds of it: stem, stacks of equal cells, 2x2 max pooling
// and twice the channels between stacks, global average pooling, dense (Ying et al. 2019, section 2.1 and appendix S1).
// Every convolution is convolution, batch norm, ReLU. One difference: where the branches that are concatenated do not
// divide the channels evenly, the original gives the first ones a channel more and cuts channels off elsewhere; here all
// get the rounded-down share, so that no layer has to cut and the cell is narrower by at most four channels.
import { INPUT_ID, type LayerGraph, type TensorShape } from '../../architecture/layer'
import { LayerWriter } from '../layer-writer'
import { hasEdge, labelsOf, type Cell } from './cell'

/** Published skeleton: 128 channels, 3 stacks of 3 cells. */
export interface CellNetworkOptions {
  readonly input?: TensorShape
  readonly classes?: number
  readonly channels?: number
  readonly stacks?: number
  readonly cellsPerStack?: number
}

/** Convolution, batch norm, ReLU; keeps height and width. */
function convolution(writer: LayerWriter, id: string, size: number, channels: number, input: string): string {
  const convolved = writer.layer(`${id}/conv`, 'conv2d', { channels, kernel: [size, size] }, [input])
  return writer.layer(`${id}/relu`, 'relu', {}, [writer.layer(`${id}/norm`, 'batch-norm', {}, [convolved])])
}

/**
 * Channels of every inner vertex: those that feed the output share its channels, the others have the most of what they feed.
 * Index 0 and the output's are unused.
 */
export function vertexChannels(cell: Cell, channels: number): number[] {
  const last = cell.vertices - 1
  const widths = new Array<number>(cell.vertices).fill(0)
  let branches = 0
  for (let vertex = 1; vertex < last; vertex++) if (hasEdge(cell.edges, vertex, last)) branches++
  for (let vertex = last - 1; vertex > 0; vertex--) {
    if (hasEdge(cell.edges, vertex, last)) widths[vertex] = Math.floor(channels / branches)
    else
      for (let to = vertex + 1; to < last; to++)
        if (hasEdge(cell.edges, vertex, to)) widths[vertex] = Math.max(widths[vertex]!, widths[to]!)
  }
  return widths
}

/** Writes one pruned cell from `input` to about `channels` channels; returns the id of its output. */
function writeCell(writer: LayerWriter, id: string, cell: Cell, input: string, channels: number): string {
  const last = cell.vertices - 1
  const widths = vertexChannels(cell, channels)
  const operations = labelsOf(cell)
  const outputs: string[] = [input]
  for (let vertex = 1; vertex < last; vertex++) {
    const name = `${id}/v${vertex}`
    const sources: string[] = []
    for (let from = 1; from < vertex; from++) if (hasEdge(cell.edges, from, vertex)) sources.push(outputs[from]!)
    if (hasEdge(cell.edges, 0, vertex))
      sources.push(convolution(writer, `${name}/projection`, 1, widths[vertex]!, input))
    const value = sources.length === 1 ? sources[0]! : writer.layer(`${name}/sum`, 'add', {}, sources)
    const operation = operations[vertex - 1]!
    outputs[vertex] =
      operation === 2
        ? writer.layer(`${name}/pool`, 'max-pool', { kernel: [3, 3], stride: [1, 1] }, [value])
        : convolution(writer, name, operation === 0 ? 1 : 3, widths[vertex]!, value)
  }
  const branches: string[] = []
  for (let vertex = 1; vertex < last; vertex++) if (hasEdge(cell.edges, vertex, last)) branches.push(outputs[vertex]!)
  if (branches.length === 0) return convolution(writer, `${id}/projection`, 1, channels, input)
  const joined = branches.length === 1 ? branches[0]! : writer.layer(`${id}/join`, 'concatenate', {}, branches)
  if (!hasEdge(cell.edges, 0, last)) return joined
  const width = Math.floor(channels / branches.length) * branches.length
  return writer.layer(`${id}/sum`, 'add', {}, [joined, convolution(writer, `${id}/projection`, 1, width, input)])
}

/**
 * One cell on an input of `[height, width, channels]`, ending with about `channels` channels.
 * @param cell pruned, as `canonicalCell` returns it
 */
export function cellGraph(cell: Cell, input: TensorShape, channels: number): LayerGraph {
  const writer = new LayerWriter()
  const output = writeCell(writer, 'cell', cell, INPUT_ID, channels)
  return { input, nodes: writer.nodes, output }
}

/** The whole network of a pruned cell; its output is logits `[classes]`. */
export function cellNetwork(cell: Cell, options: CellNetworkOptions = {}): LayerGraph {
  const { input = [32, 32, 3], classes = 10, channels = 128, stacks = 3, cellsPerStack = 3 } = options
  const writer = new LayerWriter()
  let value = convolution(writer, 'stem', 3, channels, INPUT_ID)
  for (let stack = 0; stack < stacks; stack++) {
    if (stack > 0)
      value = writer.layer(`down-${stack}`, 'max-pool', { kernel: [2, 2], stride: [2, 2], padding: 'same' }, [value])
    for (let i = 0; i < cellsPerStack; i++)
      value = writeCell(writer, `cell-${stack * cellsPerStack + i + 1}`, cell, value, channels * 2 ** stack)
  }
  value = writer.layer('head/pool', 'global-average-pool', {}, [value])
  value = writer.layer('head/flatten', 'flatten', {}, [value])
  const output = writer.layer('head/dense', 'dense', { features: classes }, [value])
  return { input, nodes: writer.nodes, output }
}
