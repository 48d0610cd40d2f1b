// The document of a cell's network: the cell once, as a block that the document embeds, and nine instances of it in the
// published skeleton. What the editor opens is the cell that was found, not its nine copies spelled out; expanded it is the
// network of cell-layers.ts. Everything but the cell is shared between documents, so that a corpus is written quickly.
import {
  DOCUMENT_FORMAT,
  INPUT_NODE_ID,
  META_ID,
  OUTPUT_NODE_ID,
  blockParameterSpecs,
  definitionId,
  type ArchitectureDocument,
  type DocumentParameters,
  type DocumentRecord,
  type DocumentValue,
} from '../../architecture/document'
import type { Cell } from './cell'
import type { CellNetworkOptions } from './cell-layers'
import { branchesOf, wholeOf, wireCell } from './cell-wiring'

/** Name of the embedded block. */
const CELL_BLOCK = 'nas-bench-101-cell'

const NOTHING: DocumentParameters = {}

/** Adds records one after the other; ids of edges are counted. */
class RecordWriter {
  readonly records: Record<string, DocumentRecord>
  #edges = 0

  constructor(meta: DocumentRecord) {
    this.records = { [META_ID]: meta, [INPUT_NODE_ID]: { id: INPUT_NODE_ID, type: 'input' } }
  }

  layer(id: string, kind: string, parameters: DocumentParameters, ...inputs: readonly string[]): string {
    this.records[id] = { id, type: 'layer', kind, parameters }
    inputs.forEach((from, slot) => this.edge(from, id, slot))
    return id
  }

  block(id: string, block: string, parameters: DocumentParameters, input: string): string {
    this.records[id] = { id, type: 'block', block, parameters }
    this.edge(input, id, 0)
    return id
  }

  /** Convolution, batch norm, ReLU. */
  convolution(id: string, size: number, channels: DocumentValue, input: string): string {
    const convolved = this.layer(`${id}.conv`, 'conv2d', { channels, kernel: [size, size] }, input)
    return this.layer(`${id}.relu`, 'relu', NOTHING, this.layer(`${id}.norm`, 'batch-norm', NOTHING, convolved))
  }

  output(from: string): Record<string, DocumentRecord> {
    this.records[OUTPUT_NODE_ID] = { id: OUTPUT_NODE_ID, type: 'output' }
    this.edge(from, OUTPUT_NODE_ID, 0)
    return this.records
  }

  edge(from: string, to: string, slot: number): void {
    const id = `edge-${++this.#edges}`
    this.records[id] = { id, type: 'edge', from, to, slot }
  }
}

function cellBlock(cell: Cell, channels: number): ArchitectureDocument {
  const branches = branchesOf(cell).length
  const width: DocumentValue = { bind: 'width' }
  const widths = { whole: width, share: branches > 1 ? { bind: 'width', times: [1, branches] as const } : width }
  const { width: widthSpec } = blockParameterSpecs(wholeOf(channels, branches))
  const writer = new RecordWriter({
    id: META_ID,
    type: 'meta',
    kind: 'block',
    name: CELL_BLOCK,
    title: 'NAS-Bench-101 cell',
    input: [32, 32, channels],
    parameters: { width: widthSpec! },
  })
  const output = wireCell(cell, INPUT_NODE_ID, {
    between: '.',
    convolution: (name, size, share, from) => writer.convolution(name, size, widths[share], from),
    pool: (name, from) => writer.layer(name, 'max-pool', { kernel: [3, 3], stride: [1, 1] }, from),
    add: (name, from) => writer.layer(name, 'add', NOTHING, ...from),
    concatenate: (name, from) => writer.layer(name, 'concatenate', NOTHING, ...from),
  })
  return { format: DOCUMENT_FORMAT, records: writer.output(output) }
}

/** Stem, instances of the cell, head: the same for all cells with as many branches. Its meta record is a placeholder. */
function skeleton(branches: number, options: Required<CellNetworkOptions>): Record<string, DocumentRecord> {
  const { input, classes, channels, stacks, cellsPerStack } = options
  const writer = new RecordWriter({ id: META_ID, type: 'meta', kind: 'network', name: '', input, classes })
  let value = writer.convolution('stem', 3, channels, INPUT_NODE_ID)
  for (let stack = 0; stack < stacks; stack++) {
    if (stack > 0) {
      const pool = { kernel: [2, 2], stride: [2, 2], padding: 'same' } as const
      value = writer.layer(`down-${stack}`, 'max-pool', pool, value)
    }
    for (let i = 0; i < cellsPerStack; i++) {
      const width = wholeOf(channels * 2 ** stack, branches)
      value = writer.block(`cell-${stack * cellsPerStack + i + 1}`, CELL_BLOCK, { width }, value)
    }
  }
  value = writer.layer('head-1', 'global-average-pool', NOTHING, value)
  value = writer.layer('head-2', 'flatten', NOTHING, value)
  return writer.output(writer.layer('head-3', 'dense', { features: { bind: 'classes' } }, value))
}

/** @returns a writer of documents for one skeleton; cells must be pruned, as `canonicalCell` returns them */
export function createCellDocuments(
  options: CellNetworkOptions = {},
): (cell: Cell, name: string) => ArchitectureDocument {
  const { input = [32, 32, 3], classes = 10, channels = 128, stacks = 3, cellsPerStack = 3 } = options
  const skeletons = new Map<number, Record<string, DocumentRecord>>()
  return (cell, name) => {
    const branches = branchesOf(cell).length
    let frame = skeletons.get(branches)
    if (frame === undefined)
      skeletons.set(branches, (frame = skeleton(branches, { input, classes, channels, stacks, cellsPerStack })))
    const id = definitionId(CELL_BLOCK)
    return {
      format: DOCUMENT_FORMAT,
      records: {
        ...frame,
        [META_ID]: { id: META_ID, type: 'meta', kind: 'network', name, input, classes },
        [id]: { id, type: 'definition', name: CELL_BLOCK, document: cellBlock(cell, channels) },
      },
    }
  }
}
