// The counts that npm test ends with, from reports as vitest and Playwright write them.
import { describe, expect, it } from 'vitest'
import { checkOutcome, nothing, playwrightOutcome, summarize, vitestOutcome } from './results.mjs'

const test = (status, fullName, failureMessages = []) => ({ status, fullName, failureMessages })

describe('vitestOutcome', () => {
  it('counts tests, names failures, and counts a file that did not load', () => {
    const outcome = vitestOutcome({
      testResults: [
        {
          name: 'a',
          status: 'failed',
          assertionResults: [test('passed', 'one'), test('failed', 'two', ['why']), test('pending', 'three')],
        },
        { name: 'broken.test.ts', status: 'failed', message: 'syntax error', assertionResults: [] },
      ],
    })
    expect(outcome).toEqual({
      passed: 1,
      skipped: 1,
      skippedNames: ['three'],
      failures: [
        { name: 'two', detail: 'why' },
        { name: 'broken.test.ts', detail: 'syntax error' },
      ],
    })
  })
})

describe('playwrightOutcome', () => {
  it('walks nested suites and counts errors outside tests', () => {
    const spec = (title, status) => ({
      title,
      tests: [{ status, results: [{ errors: status === 'unexpected' ? [{ message: 'no' }] : [] }] }],
    })
    const outcome = playwrightOutcome({
      errors: [{ message: 'no configuration' }],
      suites: [
        {
          title: 'a.spec.ts',
          specs: [spec('one', 'expected')],
          suites: [{ title: 'deep', specs: [spec('two', 'unexpected'), spec('three', 'skipped')] }],
        },
      ],
    })
    expect(outcome.passed).toBe(1)
    expect(outcome.skippedNames).toEqual(['a.spec.ts > deep > three'])
    expect(outcome.failures).toEqual([
      { name: 'playwright', detail: 'no configuration' },
      { name: 'a.spec.ts > deep > two', detail: 'no' },
    ])
  })
})

describe('summarize', () => {
  const stage = (outcome) => ({ title: 'unit', seconds: 1.25, outcome })

  it('ends with the counts, and with the skipped ones only when there are any', () => {
    expect(summarize([stage({ ...nothing(), passed: 3 })])).toMatchObject({
      text: expect.stringMatching(/\n3 passed, 0 failed$/),
      isGreen: true,
    })
    const skipped = { ...nothing(), passed: 1, skipped: 1, skippedNames: ['tables'] }
    expect(summarize([stage(skipped)]).text).toMatch(/skipped: unit: tables\n1 passed, 0 failed, 1 skipped$/)
  })

  it('is not green when something failed or nothing ran', () => {
    const { text, isGreen } = summarize([stage(checkOutcome('lint', 1, 'no'))])
    expect(text).toMatch(/FAILED: unit: lint\n0 passed, 1 failed$/)
    expect(isGreen).toBe(false)
    expect(summarize([stage(nothing())]).isGreen).toBe(false)
    expect(summarize([]).isGreen).toBe(false)
  })
})
