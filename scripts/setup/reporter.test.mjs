// Progress in a log file.
import { describe, expect, it } from 'vitest'
import { createReporter } from './reporter.mjs'

describe('createReporter', () => {
  it('prints plain lines now and then where there is no terminal', () => {
    let clock = 10_000
    const written = []
    const report = createReporter({ stream: { write: (text) => written.push(text) }, now: () => clock })
    report.progress('a.whl', 1e6, 2e6)
    report.progress('a.whl', 1.5e6, 2e6)
    clock += 6000
    report.progress('a.whl', 2e6, 2e6)
    expect(written).toEqual(['    a.whl 1.0 MB of 2.0 MB (50 %)\n', '    a.whl 2.0 MB of 2.0 MB (100 %)\n'])
  })
})
