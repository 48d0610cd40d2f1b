import { describe, expect, it } from 'vitest'
import type { ExportedPrediction, Prediction } from '../contract/compute'
import { AppError } from '../errors'
import { FLOAT16_CLOSENESS, PROOF_TOLERANCE } from './closeness'
import { comparePredictions } from './compare-predictions'

type Rows = Prediction['logits']

const softmax = (row: readonly (number | null)[]): number[] => {
  const powers = row.map((value) => Math.exp((value ?? 0) - Math.max(...row.map((each) => each ?? 0))))
  return powers.map((power) => power / powers.reduce((sum, each) => sum + each, 0))
}
const predicted = (logits: Rows, randomLogits: Rows = []): ExportedPrediction => ({
  logits,
  probabilities: logits.map(softmax),
  labels: [0, 1].slice(0, logits.length),
  randomLogits,
})
const first = [2, 1, 0]
const second = [0, 1, 2]
const trained = predicted([first, second], [[1, 0, -1]])
const compared = (ours: Prediction, theirs: ExportedPrediction) => comparePredictions(ours, theirs, 'tfjs')

describe('comparePredictions', () => {
  it('passes equal networks and counts the accuracy of the exported one', () => {
    expect(compared(trained, trained)).toMatchObject({
      images: 2,
      randomInputs: 1,
      largestDifference: 0,
      largestLogitDifference: 0,
      samePredictions: 2,
      accuracy: 0.5,
      verdict: 'equal',
      reason: null,
      passed: true,
    })
  })

  it('reports the largest difference relative to the largest logit and fails just above the tolerance', () => {
    const shifted = (by: number) => predicted([[2, 1 - 2 * by, 0], second], trained.randomLogits)
    expect(compared(trained, shifted(PROOF_TOLERANCE * 0.9)).verdict).toBe('equal')
    const beyond = compared(trained, shifted(PROOF_TOLERANCE * 1.1))
    expect(beyond.largestLogitDifference).toBeCloseTo(PROOF_TOLERANCE * 1.1, 8)
    expect(beyond).toMatchObject({ verdict: 'different', passed: false })
  })

  it('finds a difference that saturated probabilities hide', () => {
    const saturated = predicted([[900, 0, -900], [-900, 0, 900]]) // prettier-ignore
    const wrong = predicted([[900, 0, -800], [-900, 0, 900]]) // prettier-ignore
    const proof = compared(saturated, wrong)
    expect(proof.largestDifference).toBe(0)
    expect(proof).toMatchObject({ samePredictions: 2, verdict: 'different' })
    expect(compared(saturated, saturated).verdict).toBe('equal')
  })

  it('finds a difference on random inputs alone, and one in the probabilities alone', () => {
    expect(compared(trained, { ...trained, randomLogits: [[1, 0, -1.1]] }).verdict).toBe('different')
    const probabilities = trained.probabilities.map((row) => row.map((value) => (value ?? 0) * 0.99))
    expect(compared(trained, { ...trained, probabilities }).verdict).toBe('different')
  })

  it.each([
    ['do not vary', predicted([first, first], [first])],
    ['vary by far less than the largest', predicted([[1e6, 0, 1], [1e6, 1, 0]])], // prettier-ignore
    ['are all zero', predicted([[0, 0, 0], [0, 0, 0]])], // prettier-ignore
    ['are no finite numbers', predicted([[null, 0, 1], second])], // prettier-ignore
  ])('cannot tell from outputs that %s', (_, given) => {
    const proof = compared(given, given)
    expect(proof).toMatchObject({ verdict: 'cannot-tell', passed: false })
    expect(proof.reason).toMatch(/hardly depend|no finite numbers/)
  })

  it('fails when a prediction changes, however small the difference', () => {
    const tie = predicted([[1, 0.99999], second])
    const turned = predicted([[0.99999, 1], second])
    expect(compared(tie, turned)).toMatchObject({ samePredictions: 1, accuracy: 0, verdict: 'different' })
  })

  it('of halves allows more, and a turn of two classes that are nearer than that, but no other', () => {
    const halves = (ours: Prediction, theirs: ExportedPrediction) =>
      comparePredictions(ours, theirs, '', FLOAT16_CLOSENESS)
    const near = predicted([[1, 0.995, -1], second])
    expect(halves(near, predicted([[0.995, 1, -1], second]))).toMatchObject({ samePredictions: 1, verdict: 'equal' })
    const apart = predicted([[1, 0.9, -1], second])
    expect(halves(apart, predicted([[0.9, 1, -1], second]))).toMatchObject({ verdict: 'different' })
    const little = predicted([[100, 0, -100], [99, 0, -100]]) // prettier-ignore
    expect(halves(little, little)).toMatchObject({ verdict: 'cannot-tell', tolerance: 0.01 })
  })

  it.each([
    ['first', [[null, 1, 0], second]],
    ['last', [first, [0, 1, null]]],
  ])('fails on what is no number in the %s row of the export', (_, logits) => {
    const proof = compared(trained, { ...trained, logits })
    expect(proof.verdict).toBe('different')
    expect(Number.isFinite(proof.largestLogitDifference)).toBe(true)
  })

  it('refuses predictions of other inputs', () => {
    expect(() => compared(trained, predicted([]))).toThrow(AppError)
    expect(() => compared(trained, { ...trained, labels: [0, 2] })).toThrow(/Image 1 differs/)
    expect(() => compared(trained, { ...trained, randomLogits: [] })).toThrow(/random inputs/)
  })
})
