import { expect, it } from 'vitest'
import { activityLine } from './watch-run'

it('says which epoch a trial is at, and that it validates', () => {
  const activity = {
    ...{ trialId: 1, trialNumber: 7, compute: 2, loss: 0.5 },
    ...{ epoch: 2, epochs: 4, step: 10, stepsPerEpoch: 10, validation: null },
  }
  expect(activityLine(activity)).toMatch(/trial 7 on compute 2: epoch 2 of 4, loss 0\.500$/)
  expect(activityLine({ ...activity, validation: { images: 1500, of: 5000 } })).toMatch(
    /epoch 2 of 4, validating \(1500 of 5000 images\), loss 0\.500$/,
  )
})
