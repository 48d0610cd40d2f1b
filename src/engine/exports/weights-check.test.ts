// What stored weights may score and still be those of the best epoch.
import { describe, expect, it } from 'vitest'
import type { Evaluated, EvaluationRequest } from '@shared/contract/compute'
import type { ComputeClient, ShapedPool } from '../executors/pool'
import { createWeightsCheck, type CheckedWeights } from './weights-check'

const best = { epoch: 3, validationLoss: 1.2, validationAccuracy: 0.6 }
const same: Evaluated = { images: 1000, loss: 1.2, accuracy: 0.6 }
const checked: CheckedWeights = {
  title: 'trial 3 of run 2',
  graph: { input: [1, 1, 1], nodes: [], output: 'input' },
  weights: { file: '/weights', sha256: 'aa' },
  data: { images: '/i', labels: '/l', count: 1000, shape: [1, 1, 1], classes: 2, mean: [0], deviation: [1] },
  validation: { file: '/indices', sha256: 'bb' },
  best,
}

function checkOf(...answers: readonly Evaluated[]) {
  const asked: EvaluationRequest[] = []
  const evaluate = (request: EvaluationRequest): Promise<Evaluated> =>
    Promise.resolve(answers[asked.push(request) - 1]!)
  const pool: Pick<ShapedPool, 'run'> = {
    run: (job) => job({ evaluate } as Partial<ComputeClient> as ComputeClient, 0, () => undefined),
  }
  const check = createWeightsCheck(pool)
  return {
    asked,
    check: (change: Partial<CheckedWeights> = {}) => check({ ...checked, ...change }, new AbortController().signal),
  }
}

describe('stored weights', () => {
  it.each([
    ['what was recorded', same],
    ['a little else, as on another device', { ...same, loss: 1.205, accuracy: 0.596 }],
  ])('may score %s', async (_, evaluated) => {
    await expect(checkOf(evaluated).check()).resolves.toBeUndefined()
  })

  it.each([
    ['another loss', { ...same, loss: 1.25 }],
    ['another accuracy', { ...same, accuracy: 0.61 }],
    ['no finite loss', { ...same, loss: null }],
  ])('are refused with %s, both figures said', async (_, evaluated) => {
    await expect(checkOf(evaluated).check()).rejects.toMatchObject({
      code: 'storage-failed',
      message: expect.stringMatching(
        /trial 3 of run 2 .* epoch 3, .* 1\.2000 and 60\.00 %; on the same 1000 images/,
      ) as string,
    })
  })

  it('are run once for one content and graph, and judged each time', async () => {
    const { asked, check } = checkOf(same, same, same)
    await check()
    await check()
    expect(asked).toHaveLength(1)
    await expect(check({ best: { ...best, validationLoss: 2 } })).rejects.toMatchObject({ code: 'storage-failed' })
    expect(asked).toHaveLength(1)
    await check({ weights: { file: '/other', sha256: 'cc' } })
    await check({ graph: { ...checked.graph, input: [1, 1, 2] } })
    expect(asked).toHaveLength(3)
  })
})
