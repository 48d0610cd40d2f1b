import { describe, expect, it } from 'vitest'
import { refuseDivergedStep, refuseDivergedValidation } from './divergence'

const place = { epoch: 3, step: 12, learningRate: 0.05 }
const told = (check: () => void): unknown => {
  try {
    check()
    return null
  } catch (thrown) {
    return thrown
  }
}

describe('a training', () => {
  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [1.3e16, '1.3e+16'],
  ])('whose loss is %d has diverged, and says where and what to do', (loss, text) => {
    expect(told(() => refuseDivergedStep(loss, place))).toMatchObject({
      code: 'diverged',
      message: `The training diverged: its loss became ${text} at epoch 3, step 12.`,
      fix: 'Try a lower learning rate than 0.05, or a longer warm-up.',
    })
  })

  it('survives a spike', () => {
    expect(told(() => refuseDivergedStep(900, place))).toBeNull()
  })

  it('that learns is not given up for the validation loss of statistics that have not settled', () => {
    const validation = { epoch: 1, learningRate: 0.05 }
    expect(told(() => refuseDivergedValidation(1.3e16, 1.9, 10, validation))).toBeNull()
    expect(told(() => refuseDivergedValidation(1.3e16, 40, 10, validation))).toMatchObject({
      message: 'The training diverged: its validation loss became 1.3e+16 at epoch 1.',
    })
    expect(told(() => refuseDivergedValidation(Number.NaN, 1.9, 10, validation))).toMatchObject({ code: 'diverged' })
  })
})
