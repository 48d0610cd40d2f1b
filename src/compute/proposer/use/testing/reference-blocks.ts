// P(block | window) once more, as plain float64 sums over layers: the formula of the design, not the code. For tests only.
import type { ClassifierSizes } from '../../model/classifier'

/**
 * @param layers P(next layer | window)
 * @param begins 1 for layers that begin a block
 */
export function referenceBlocks(
  window: readonly number[],
  layers: Float32Array,
  begins: Float32Array,
  weights: ReadonlyMap<string, Float32Array>,
  sizes: ClassifierSizes,
): { blocks: number[]; beginning: number } {
  const array = (name: string): Float32Array => weights.get(`classifier/${name}`)!
  const { embedding, hidden, blocks: count } = sizes
  const classify = (layer: number): number[] => {
    const units = Array.from({ length: hidden }, (_, unit) => {
      let sum = array('hidden/bias')[unit]!
      ;[...window, layer].forEach((token, i) => {
        const kernel = i < window.length ? array('window/kernel') : array('layer/kernel')
        const offset = i < window.length ? i * embedding : 0
        for (let e = 0; e < embedding; e++)
          sum += array('tokens')[token * embedding + e]! * kernel[(offset + e) * hidden + unit]!
      })
      return Math.max(0, sum)
    })
    const logits = Array.from({ length: count }, (_, block) =>
      units.reduce(
        (sum, unit, i) => sum + unit * array('blocks/kernel')[i * count + block]!,
        array('blocks/bias')[block]! + (sizes.prior === true ? array('prior')[layer * count + block]! : 0),
      ),
    )
    const top = Math.max(...logits)
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0)
    return logits.map((logit) => Math.exp(logit - top) / total)
  }
  const blocks = new Array<number>(count).fill(0)
  let beginning = 0
  layers.forEach((probability, layer) => {
    if (begins[layer] !== 1) return
    beginning += probability
    classify(layer).forEach((share, block) => (blocks[block]! += probability * share))
  })
  return { blocks: blocks.map((value) => value / beginning), beginning }
}
