// What a test stage found, and how it is told: counts, failing names, and the last line that machines read.

/**
 * @typedef {{ name: string, detail: string }} Failure
 * @typedef {{ passed: number, skipped: number, failures: Failure[], skippedNames: string[] }} Outcome
 */

/** @returns {Outcome} */
export const nothing = () => ({ passed: 0, skipped: 0, failures: [], skippedNames: [] })

/**
 * A stage that is one check: lint, types, format, build.
 * @param {string} name @param {number} code exit code @param {string} detail
 * @returns {Outcome}
 */
export function checkOutcome(name, code, detail) {
  return code === 0 ? { ...nothing(), passed: 1 } : { ...nothing(), failures: [{ name, detail }] }
}

/**
 * Reads vitest's JSON report. A file that could not be loaded has no tests in it and counts as one failure.
 * @param {any} report
 * @returns {Outcome}
 */
export function vitestOutcome(report) {
  const outcome = nothing()
  for (const file of report.testResults) {
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) {
      outcome.failures.push({ name: file.name, detail: file.message ?? '' })
    }
    for (const test of file.assertionResults) {
      if (test.status === 'passed') outcome.passed += 1
      else if (test.status === 'failed') {
        outcome.failures.push({ name: test.fullName, detail: (test.failureMessages ?? []).join('\n') })
      } else {
        outcome.skipped += 1
        outcome.skippedNames.push(test.fullName)
      }
    }
  }
  return outcome
}

/**
 * Reads Playwright's JSON report.
 * @param {any} report
 * @returns {Outcome}
 */
export function playwrightOutcome(report) {
  const outcome = nothing()
  for (const error of report.errors ?? []) outcome.failures.push({ name: 'playwright', detail: error.message ?? '' })
  const visit = (suite, path) => {
    const here = suite.title ? [...path, suite.title] : path
    for (const spec of suite.specs ?? []) {
      const name = [...here, spec.title].join(' > ')
      for (const test of spec.tests) {
        if (test.status === 'skipped') {
          outcome.skipped += 1
          outcome.skippedNames.push(name)
        } else if (test.status === 'expected' || test.status === 'flaky') outcome.passed += 1
        else {
          const messages = test.results.flatMap(({ errors }) => (errors ?? []).map(({ message }) => message))
          outcome.failures.push({ name, detail: messages.join('\n') })
        }
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, here)
  }
  for (const suite of report.suites ?? []) visit(suite, [])
  return outcome
}

/**
 * The table of stages and the last line.
 * @param {{ title: string, seconds: number, outcome: Outcome }[]} stages
 * @returns {{ text: string, isGreen: boolean }} `text` ends with the line `N passed, N failed`
 */
export function summarize(stages) {
  const lines = []
  let [passed, failed, skipped] = [0, 0, 0]
  const width = Math.max(...stages.map(({ title }) => title.length), 0)
  for (const { title, seconds, outcome } of stages) {
    passed += outcome.passed
    failed += outcome.failures.length
    skipped += outcome.skipped
    const counts = `${String(outcome.passed).padStart(5)} passed ${String(outcome.failures.length).padStart(4)} failed`
    const left = outcome.skipped > 0 ? ` ${String(outcome.skipped).padStart(4)} skipped` : ''
    lines.push(`${title.padEnd(width)} ${seconds.toFixed(1).padStart(7)} s ${counts}${left}`)
  }
  for (const { title, outcome } of stages) {
    for (const name of outcome.skippedNames) lines.push(`skipped: ${title}: ${name}`)
    for (const { name } of outcome.failures) lines.push(`FAILED: ${title}: ${name}`)
  }
  lines.push(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return { text: lines.join('\n'), isGreen: failed === 0 && passed > 0 }
}
