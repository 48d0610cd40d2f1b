// Activations: values and gradients against float64 forwards.
import { describe, expect, it } from 'vitest'
import { tf } from '../backend'
import { ACTIVATIONS_64, map64, rows64, softmax64 } from '../testing/float64'
import { expectRightGradients } from '../testing/gradient-check'
import * as activations from './activations'

describe('activations', () => {
  it.each(Object.keys(ACTIVATIONS_64))('%s', (name) => {
    const kernel = activations[name as 'relu']
    expectRightGradients({
      shapes: [[3, 5, 4]],
      spread: 8 / 2,
      native: ([x]) => kernel(x!),
      float64: ([x]) => map64(x!, ACTIVATIONS_64[name]!),
    })
  })
  it('relu6 and its kin clip above as well', () => {
    const x = tf.tensor1d([-9, 9])
    expect([...activations.relu6(x).dataSync()]).toEqual([0, 6])
    expect([...activations.hardSigmoid(x).dataSync()].map((y) => y.toFixed(6))).toEqual(['0.000000', '1.000000'])
    expect([...activations.hardSwish(x).dataSync()].map((y) => y.toFixed(5))).toEqual(['0.00000', '9.00000'])
  })
  it('softmax', () => {
    expectRightGradients({
      shapes: [[4, 7]],
      native: ([x]) => activations.softmax(x!),
      float64: ([x]) => rows64(x!, 7, softmax64),
    })
  })
})
