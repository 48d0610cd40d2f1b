// Layer normalisation against float64.
import { describe, it } from 'vitest'
import { type Tensor1D } from '../backend'
import { mean64, rows64, variance64 } from '../testing/float64'
import { expectRightGradients } from '../testing/gradient-check'
import { layerNorm } from './layer-norm'

describe('layer norm', () => {
  it('normalises the last axis', () => {
    expectRightGradients({
      shapes: [[2, 3, 8], [8], [8]],
      native: ([x, g, b]) => layerNorm(x!, g as Tensor1D, b as Tensor1D),
      float64: ([x, g, b]) =>
        rows64(x!, 8, (row) => {
          const [centre, scale] = [mean64(row), Math.sqrt(variance64(row) + 1e-5)]
          return row.map((value, i) => ((value - centre) / scale) * g![i]! + b![i]!)
        }),
    })
  })
})
