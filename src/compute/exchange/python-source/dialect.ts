// What a Python library's way of writing a network is: how a layer is called and how layers become a block. How a network is taken
// apart into blocks is compose.ts's.
import type { LayerNode, TensorShape } from '@shared/architecture/layer'
import type { NamedArray } from '../../networks/weights'

export interface TurnedArray {
  readonly role: string
  turn(array: NamedArray): { readonly shape: readonly number[]; readonly values: Float32Array }
}

export interface PythonLayer {
  /** What is made once for the layer, without its name; null where the call is everything. */
  readonly module: string | null
  /** What it gives. @param self how the layer is called there: the module's name, or the text of its name */
  call(self: string, inputs: readonly string[]): string
  /** Its arrays by the library's name of the parameter. */
  readonly weights: Readonly<Record<string, TurnedArray>>
}

/** A block or the network, ready to be written. */
export interface Part {
  readonly name: string
  /** For its description; null for the network. */
  readonly title: string | null
  /** Modules with the names they have. */
  readonly modules: readonly { readonly name: string; readonly text: string }[]
  readonly inputs: readonly string[]
  readonly body: readonly string[]
}

export interface Dialect {
  readonly taken: readonly string[]
  /** What separates a parameter from its layer in the name of a weight. */
  readonly separator: string
  /** What separates a block from what is in it in the name of a weight. */
  readonly blockSeparator: string
  /** @param inputs shapes of the node's inputs @throws RangeError for no kind of the catalogue */
  layer(node: LayerNode, inputs: readonly TensorShape[]): PythonLayer
  /** How a layer is called in the code. @param isInBlock stands in a block, not in the network */
  self(variable: string, isInBlock: boolean): string
  blockName(title: string): string
  /** The name that no block may have. */
  readonly networkName: string
  partText(part: Part): string
  /** A block in the network. @param variable its name there */
  block(
    variable: string,
    block: string,
    inputs: readonly string[],
  ): { readonly module: string | null; readonly call: string }
}

/** Lines `depth` steps in; empty ones stay empty. */
export const indented = (lines: readonly string[], depth: number): string[] =>
  lines.map((line) => (line === '' ? '' : ' '.repeat(4 * depth) + line))

export const asItIs = (role: string): TurnedArray => ({ role, turn: ({ shape, values }) => ({ shape, values }) })
