// Which layers begin a block of the paper. At the border of two blocks the next layer is one of them; the GPT, which does not see
// borders, also gives some probability to layers that would go on with the block before.
import { PAPER_BLOCKS } from '@shared/architecture/blocks'
import { AppError } from '@shared/errors'
import { cachedBlockTokens, vocabularySize } from '@shared/language'

/** Widths of inputs tried: every power of two between the narrowest stem and the widest block of the default space. */
const INPUT_WIDTHS = [8, 16, 32, 64, 128]
const RATIOS = [0.5, 1, 2]

/** 1 for a token that begins a block for some width and stride, else 0: `[vocabulary]`. */
export function beginningTokens(): Float32Array {
  const begins = new Float32Array(vocabularySize)
  for (const block of PAPER_BLOCKS.values())
    for (const channels of INPUT_WIDTHS)
      for (const ratio of 'width' in block.parameters ? RATIOS : [1])
        for (const stride of 'stride' in block.parameters ? [1, 2] : [1]) {
          const parameters = {
            ...('width' in block.parameters ? { width: channels * ratio } : {}),
            ...('stride' in block.parameters ? { stride } : {}),
          }
          try {
            begins[cachedBlockTokens(block, parameters, [16, 16, channels])[0]!] = 1
          } catch (thrown) {
            // Some blocks need widths that groups divide; those combinations do not occur in a chain either.
            if (!(thrown instanceof AppError)) throw thrown
          }
        }
  return begins
}
