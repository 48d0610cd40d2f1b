// The block libraries: the paper's 15 (Table II), which chains are made of, and those with MBConv, which the zoo needs.
import { AppError } from '../../errors'
import { quotedValue } from '../../quoted'
import type { BlockDefinition, BlockLibrary } from '../block'
import { nearMisses } from '../near-misses'
import { commonBatchNorm } from './common-batch-norm'
import { commonConv } from './common-conv'
import { commonMaxPool } from './common-max-pool'
import { commonRelu } from './common-relu'
import type { BuiltInBlock } from './define-block'
import { efficientnetConvNormActivation } from './efficientnet-conv-norm-activation'
import { efficientnetMbconv } from './efficientnet-mbconv'
import { efficientnetSqueezeExcitation } from './efficientnet-squeeze-excitation'
import { googlenetAveragePool } from './googlenet-average-pool'
import { googlenetInception } from './googlenet-inception'
import { regnetResBottleneck } from './regnet-res-bottleneck'
import { regnetStem } from './regnet-stem'
import { resnetBasic } from './resnet-basic'
import { resnetBottleneck } from './resnet-bottleneck'
import { resnextBottleneck } from './resnext-bottleneck'
import { shufflenetInvertedResidual } from './shufflenet-inverted-residual'
import { wideResnetBottleneck } from './wide-resnet-bottleneck'

export type { BuiltInBlock } from './define-block'

const byName = (blocks: readonly BuiltInBlock[]): ReadonlyMap<string, BuiltInBlock> =>
  new Map(blocks.map((block) => [block.name, block]))

/** The 15 blocks of the paper's Table II, in its order. */
export const PAPER_BLOCKS: ReadonlyMap<string, BuiltInBlock> = byName([
  efficientnetConvNormActivation,
  efficientnetSqueezeExcitation,
  googlenetInception,
  googlenetAveragePool,
  regnetResBottleneck,
  regnetStem,
  resnetBottleneck,
  resnetBasic,
  resnextBottleneck,
  shufflenetInvertedResidual,
  wideResnetBottleneck,
  commonMaxPool,
  commonBatchNorm,
  commonRelu,
  commonConv,
])

/** The paper's blocks and EfficientNet's MBConv: what zoo networks are written in. */
export const BUILT_IN_BLOCKS: ReadonlyMap<string, BuiltInBlock> = byName([...PAPER_BLOCKS.values(), efficientnetMbconv])

/** @throws AppError `invalid-architecture` naming the block and the nearest known ones. */
export function blockDefinition(library: BlockLibrary, name: string): BlockDefinition {
  const block = library.get(name)
  if (block !== undefined) return block
  const near = nearMisses(name, library.keys())
  throw new AppError(
    'invalid-architecture',
    `A block of the library was expected, received ${quotedValue(name)}.`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Use one of ${[...library.keys()].join(', ')}.`,
  )
}

/**
 * The nearest width, not below `width` unless that is the limit, that `block` accepts; `width` itself for blocks that
 * say nothing about it (the user's) or keep their input's width.
 */
export function chainableWidth(block: BuiltInBlock, width: number): number {
  const { widths } = block
  if (widths === undefined) return width
  return Math.max(widths.min, Math.ceil(width / widths.multiple) * widths.multiple)
}
