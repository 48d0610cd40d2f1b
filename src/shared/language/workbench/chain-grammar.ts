// Which tokens may follow a prefix of a block chain so that it can still end inside its space: sizes that the block takes
// on this input, lengths within the limits, and cost that leaves room for the cheapest way to the least length.
// The mask is exact in shape and length. In cost it is safe and at most a little too strict: it looks at one completion,
// the step-by-step cheapest one, which costs nothing as long as the space has a block without weights.
import type { MapShape } from '../../architecture/layer'
import { STRIDES, WIDTH_RATIOS, type ChainGene } from '../../spaces/block-chain/genotype'
import type { BlockChainSpace } from '../../spaces/block-chain/space'
import { isStep, type BlockStep } from '../../spaces/skeleton'
import type { ChainCodec } from './chain-codec'
import { sizesToken } from './generate-vocabulary'
import type { Grammar } from './grammar'
import { END, tokenId } from './vocabulary'

const SIZE_OPTIONS = STRIDES.flatMap((stride) =>
  WIDTH_RATIOS.map((width) => ({ width, stride, token: tokenId(sizesToken(width, stride)) })),
)

interface Spent {
  readonly shape: MapShape
  readonly macs: number
  readonly weights: number
}

const after = (spent: Spent, step: BlockStep): Spent => ({
  shape: step.output,
  macs: spent.macs + step.macs,
  weights: spent.weights + step.weights,
})

/** @param codec made with the space's names in their order. @throws RangeError for a body that the codec did not write. */
export function createChainGrammar(space: BlockChainSpace, codec: ChainCodec): Grammar {
  const { minBlocks, maxBlocks, maxMacs, maxParameters } = space.definition
  const share = (macs: number, weights: number): number => Math.max(macs / maxMacs, weights / maxParameters)
  const cheapest = new Map<string, BlockStep | undefined>()

  const cheapestStep = (shape: MapShape): BlockStep | undefined => {
    const key = shape.join()
    if (!cheapest.has(key)) {
      let best: BlockStep | undefined
      for (const block of codec.blockIds.keys())
        for (const { width, stride } of SIZE_OPTIONS) {
          const result = space.step(shape, { block, width, stride })
          if (
            isStep(result) &&
            (best === undefined || share(result.macs, result.weights) < share(best.macs, best.weights))
          )
            best = result
        }
      cheapest.set(key, best)
    }
    return cheapest.get(key)
  }

  /** Whether the cheapest blocks up to the least length, and the head, fit in what is left. */
  const canEnd = (spent: Spent, length: number): boolean => {
    let current = spent
    for (let i = length; i < minBlocks; i++) {
      const step = cheapestStep(current.shape)
      if (step === undefined) return false
      current = after(current, step)
    }
    const head = space.headCost(current.shape[2])
    return share(current.macs + head.macs, current.weights + head.weights) <= 1
  }

  const optionsFor = (block: string, spent: Spent, length: number): number[] =>
    SIZE_OPTIONS.flatMap(({ width, stride, token }) => {
      const result = space.step(spent.shape, { block, width, stride })
      return isStep(result) && canEnd(after(spent, result), length + 1) ? [token] : []
    })

  return {
    allowedNext(body) {
      const genes: ChainGene[] = []
      for (let i = 0; i + 1 < body.length; i += 2) {
        const gene = codec.geneOf(body[i]!, body[i + 1]!)
        if (gene === undefined)
          throw new RangeError(`tokens ${i} and ${i + 1} are no block of this space with its sizes`)
        genes.push(gene)
      }
      let spent: Spent = { shape: space.stem, ...space.stemCost }
      for (const gene of genes) {
        const result = space.step(spent.shape, gene)
        if (!isStep(result)) throw new RangeError(`the prefix leaves the space: ${result.reason}`)
        spent = after(spent, result)
      }
      if (body.length % 2 === 1) {
        const name = [...codec.blockIds].find(([, id]) => id === body[body.length - 1])?.[0]
        if (name === undefined) throw new RangeError(`token ${body.length - 1} is no block of this space`)
        return optionsFor(name, spent, genes.length)
      }
      const allowed: number[] = genes.length >= minBlocks && canEnd(spent, genes.length) ? [END] : []
      if (genes.length < maxBlocks)
        for (const [name, id] of codec.blockIds) if (optionsFor(name, spent, genes.length).length > 0) allowed.push(id)
      return allowed
    },
  }
}
