import { expect, it } from 'vitest'
import { trainedFraction, type Activity } from './activity'

const activity = (present: Partial<Activity>): Activity => ({
  ...{ trialId: 1, trialNumber: 1, compute: 0, validation: null, loss: null },
  ...{ epoch: 1, epochs: 4, step: 0, stepsPerEpoch: 10 },
  ...present,
})

it('counts whole epochs and the steps of the present one, and stands still while it validates', () => {
  expect(trainedFraction(activity({}))).toBe(0)
  expect(trainedFraction(activity({ epoch: 3, step: 5 }))).toBe(2.5 / 4)
  const validated = activity({ epoch: 3, step: 10, validation: { images: 1, of: 9 } })
  expect(trainedFraction(validated)).toBe(trainedFraction(activity({ epoch: 4 })))
  expect(trainedFraction(activity({ epoch: 4, step: 10 }))).toBe(1)
})

it('is nothing where the numbers are not known yet', () => {
  expect(trainedFraction(activity({ epochs: 0 }))).toBe(0)
  expect(trainedFraction(activity({ stepsPerEpoch: 0 }))).toBe(0)
})
