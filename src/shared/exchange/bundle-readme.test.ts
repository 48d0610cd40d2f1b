// What the README of a bundle says of networks that were trained, drawn, imported, or never had weights.
import { describe, expect, it } from 'vitest'
import type { Proof } from '../contract/exports'
import { bundleReadme, type BundleFacts } from './bundle-readme'

const proof: Proof = {
  runtime: 'tfjs 4.22.0, cpu',
  images: 16,
  split: 'test',
  largestDifference: 1e-7,
  largestLogitDifference: 1e-6,
  largestScoreDifference: 1e-6,
  randomInputs: 16,
  tolerance: 1e-4,
  samePredictions: 16,
  accuracy: 0.75,
  sizeBytes: 1,
  latency: null,
  firstDifference: null,
  rounding: { storedAs: 'uint8', trainedAccuracy: 0.8, samePredictions: 15, largestLogitDifference: 0.01 },
  verdict: 'equal',
  reason: null,
  passed: true,
}
const facts: BundleFacts = {
  format: 'tfjs',
  options: {},
  input: [32, 32, 3],
  name: 'net',
  network: 'trained',
  classes: ['cat', 'dog'],
  classCount: 2,
  proof,
  provenance: {},
}
const readme = (change: Partial<BundleFacts>): string => bundleReadme({ ...facts, ...change })

describe('the README of a bundle', () => {
  it('of a trained network says what was compared, and what rounding costs', () => {
    const text = readme({})
    expect(text).toContain('The files compute what was trained.')
    expect(text).toContain('Accuracy on those images: 75.0 %')
    expect(text).toContain('before that the accuracy was 80.0 %, and 15 of 16 keep their prediction')
    expect(text).toContain('2 classes, one a line in `classes.txt`')
  })

  it.each(['untrained', 'imported'] as const)('of one that is %s speaks of no training and no accuracy', (network) => {
    const rounding = { ...proof.rounding!, trainedAccuracy: null }
    const text = readme({ network, classes: [], classCount: 10, proof: { ...proof, accuracy: null, rounding } })
    expect(text).not.toMatch(/what was trained|trained network|ccuracy|classes\.txt/)
    expect(text).toContain('10 classes.')
    expect(text).toContain('15 of 16 keep their prediction')
    expect(text).toContain(
      network === 'untrained' ? 'NOTHING IS TRAINED' : 'beside the imported network on 16 drawn inputs',
    )
  })

  it('of a design alone has nothing to compare', () => {
    const text = readme({ network: 'design', format: 'svg', proof: null, classes: [], classCount: null, input: [] })
    expect(text).toContain('The files hold no weights')
    expect(text).not.toMatch(/Images of|classes|trained/)
  })
})
