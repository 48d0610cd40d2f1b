// The JSON form of a block chain: block names with relative widths and strides, so that a tail keeps its meaning behind
// another head and what is learned at one width holds at another (docs/rules.md#tokens). Absolute sizes are walk.ts's.
import { z } from 'zod'
import { parseGenotype } from '../genotype'

export const CHAIN_SPACE = 'block-chain'

/** Output channels over input channels. Halving and doubling reach every power of two times the stem's width. */
export const WIDTH_RATIOS = [0.5, 1, 2] as const
export const STRIDES = [1, 2] as const
export type WidthRatio = (typeof WIDTH_RATIOS)[number]
export type Stride = (typeof STRIDES)[number]

export interface ChainGene {
  /** Name of a block of the library. */
  readonly block: string
  readonly width: WidthRatio
  readonly stride: Stride
}

export type ChainGenotype = { readonly space: typeof CHAIN_SPACE; readonly blocks: readonly ChainGene[] }

const chainGenotypeSchema = z.object({
  space: z.literal(CHAIN_SPACE),
  blocks: z
    .array(
      z.object({
        block: z.string().min(1).max(200),
        width: z.union([z.literal(0.5), z.literal(1), z.literal(2)]),
        stride: z.union([z.literal(1), z.literal(2)]),
      }),
    )
    .min(1)
    // The schema of a run allows no longer chain.
    .max(64),
})

/** Structure only; names and limits belong to the space. @throws AppError `invalid-architecture` naming the place. */
export function parseChainGenotype(json: unknown): ChainGenotype {
  return parseGenotype(json, {
    schema: chainGenotypeSchema,
    title: 'Block chain',
    fix: 'Each block needs a name, a width of 0.5, 1 or 2 times its input, and a stride of 1 or 2.',
  })
}

export function chainGenotype(blocks: readonly ChainGene[]): ChainGenotype {
  return { space: CHAIN_SPACE, blocks }
}

/** Equal exactly for equal genes, in order: a key for caches, not for architectures. */
export function genesText(genes: readonly ChainGene[]): string {
  let text = ''
  for (const { block, width, stride } of genes) text += `${block}:${width}:${stride};`
  return text
}
