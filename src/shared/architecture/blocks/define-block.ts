// Turns a compact description into a block definition: completed parameters, an input that is a map, errors with the
// block's name. What the block consists of is its own file's business.
import { AppError } from '../../errors'
import type { BlockDefinition } from '../block'
import { completeParameters } from '../catalogue'
import { isMap, notAMapReason } from '../catalogue/window'
import type { ParameterSpec, ParameterValues } from '../layer'
import { buildGraph, type GraphBuilder } from './graph-builder'

/** A block of ours, with what a chain needs to know before it expands it. */
export interface BuiltInBlock extends BlockDefinition {
  /** Widths it accepts: multiples of `multiple` from `min` on. Absent for blocks that keep the width of their input. */
  readonly widths?: { readonly min: number; readonly multiple: number }
}

interface BlockDescription extends Omit<BuiltInBlock, 'expand'> {
  /** Adds the block's layers and returns the id of its output; `parameters` are complete and in range. */
  readonly build: (graph: GraphBuilder, parameters: ParameterValues) => string
}

/** Widest block accepted: the widest of the zoo has 3,712 channels (RegNetY-32GF). */
const MAX_WIDTH = 8192
/** Any width; what most blocks accept. */
export const ANY_WIDTH = { min: 1, multiple: 1 } as const

export const widthSpec = (width: number): ParameterSpec => ({
  type: 'integer',
  min: 1,
  max: MAX_WIDTH,
  default: width,
  title: 'Width',
  help: 'Number of output channels.',
})

export const blockStrideSpec = (stride: 1 | 2): ParameterSpec => ({
  type: 'integer',
  min: 1,
  max: 2,
  default: stride,
  title: 'Stride',
  help: '2 halves height and width, 1 keeps them.',
})

export const blockKernelSpec = (size: number): ParameterSpec => ({
  type: 'integer',
  min: 1,
  // Larger windows than in any network of the zoo (7) still fit.
  max: 15,
  default: size,
  title: 'Kernel',
  help: 'Height and width of the window.',
})

export function defineBlock(description: BlockDescription): BuiltInBlock {
  const { build, ...rest } = description
  return {
    ...rest,
    expand(parameters, input) {
      if (!isMap(input)) {
        throw new AppError(
          'invalid-architecture',
          `Block ${rest.name}: ${notAMapReason(input)}.`,
          'Put the block before global pooling and flatten.',
        )
      }
      const complete = completeParameters(rest, parameters)
      return buildGraph(`Block ${rest.name}`, input, (graph) => build(graph, complete))
    },
  }
}
