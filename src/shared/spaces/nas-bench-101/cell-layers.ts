// A cell spelled out in layers, and the network NAS-Bench-101 builds of it: stem, stacks of equal cells, 2x2 max pooling
// and twice the channels between stacks, global average pooling, dense (Ying et al. 2019, section 2.1 and appendix S1).
// Every convolution is convolution, batch norm, ReLU. One difference: where the branches that are concatenated do not
// divide the channels evenly, the original gives the first ones a channel more and cuts channels off elsewhere; here all
// get the rounded-down share, so that no layer has to cut and the cell is narrower by at most four channels.
import { INPUT_ID, type LayerGraph, type TensorShape } from '../../architecture/layer'
import { LayerWriter } from '../layer-writer'
import type { Cell } from './cell'
import { branchesOf, shareOf, wholeOf, wireCell } from './cell-wiring'

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

/** Writes one pruned cell from `input` to about `channels` channels; returns the id of its output. */
function writeCell(writer: LayerWriter, id: string, cell: Cell, input: string, channels: number): string {
  const branches = branchesOf(cell).length
  const widths = { share: shareOf(channels, branches), whole: wholeOf(channels, branches) }
  return wireCell(cell, input, {
    between: '/',
    convolution: (name, size, width, from) => convolution(writer, `${id}/${name}`, size, widths[width], from),
    pool: (name, from) => writer.layer(`${id}/${name}`, 'max-pool', { kernel: [3, 3], stride: [1, 1] }, [from]),
    add: (name, from) => writer.layer(`${id}/${name}`, 'add', {}, from),
    concatenate: (name, from) => writer.layer(`${id}/${name}`, 'concatenate', {}, from),
  })
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
