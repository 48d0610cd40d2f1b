import { describe, expect, it } from 'vitest'
import { AppError } from '../errors'
import { comparePredictions, PROOF_TOLERANCE } from './compare-predictions'

const trained = {
  probabilities: [
    [0.7, 0.2, 0.1],
    [0.1, 0.3, 0.6],
  ],
  labels: [0, 1],
}

describe('comparePredictions', () => {
  it('passes equal networks and counts the accuracy of the exported one', () => {
    const proof = comparePredictions(trained, trained, 'tfjs')
    expect(proof).toMatchObject({ images: 2, largestDifference: 0, samePredictions: 2, accuracy: 0.5, passed: true })
  })

  it('reports the largest difference and fails just above the tolerance', () => {
    const shifted = (by: number) => ({
      ...trained,
      probabilities: [[0.7 - by, 0.2 + by, 0.1], trained.probabilities[1]!],
    })
    const within = comparePredictions(trained, shifted(PROOF_TOLERANCE * 0.9), 'tfjs')
    const beyond = comparePredictions(trained, shifted(PROOF_TOLERANCE * 1.1), 'tfjs')
    expect(within.passed).toBe(true)
    expect(beyond.largestDifference).toBeCloseTo(PROOF_TOLERANCE * 1.1, 8)
    expect(beyond.passed).toBe(false)
  })

  it('fails when a prediction changes, however small the difference', () => {
    const tie = { probabilities: [[0.50001, 0.49999]], labels: [0] }
    const turned = { probabilities: [[0.49999, 0.50001]], labels: [0] }
    expect(comparePredictions(tie, turned, 'tfjs')).toMatchObject({ samePredictions: 0, accuracy: 0, passed: false })
  })

  it.each([
    ['first', [[NaN, 0.2, 0.1], trained.probabilities[1]!]],
    ['last', [trained.probabilities[0]!, [0.1, 0.3, NaN]]],
  ])('fails on a NaN in the %s row', (_, probabilities) => {
    const proof = comparePredictions(trained, { ...trained, probabilities }, 'tfjs')
    expect(proof.passed).toBe(false)
    expect(Number.isFinite(proof.largestDifference)).toBe(true)
  })

  it('refuses predictions of other images', () => {
    expect(() => comparePredictions(trained, { probabilities: [], labels: [] }, 'tfjs')).toThrow(AppError)
    expect(() => comparePredictions(trained, { ...trained, labels: [0, 2] }, 'tfjs')).toThrow(/Image 1 differs/)
  })
})
