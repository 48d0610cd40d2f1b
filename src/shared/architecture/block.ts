// What a block is: a named small DAG of layers with one input and one output and a few parameters.
// The paper's 15 (Table II) are code in blocks/, the user's own are documents turned into this by block-from-document.
import type { LayerGraph, ParameterSpecs, ParameterValues, TensorShape } from './layer'

export interface BlockDefinition {
  /** Unique in a library, kebab-case: what genotypes and documents store. */
  readonly name: string
  readonly title: string
  /** Network family it comes from ("ResNet"), or "user". */
  readonly origin: string
  readonly help: string
  /** Every block has `width` (output channels) and `stride` (1 or 2) where its kind allows; further ones are its own. */
  readonly parameters: ParameterSpecs
  /**
   * The block spelled out for an input of `input` shape. Node ids are unique inside the block.
   * @throws AppError `invalid-architecture` where the parameters cannot fit that input, naming both.
   */
  expand(parameters: ParameterValues, input: TensorShape): LayerGraph
}

/** Blocks by name: the paper's and the user's. */
export type BlockLibrary = ReadonlyMap<string, BlockDefinition>
