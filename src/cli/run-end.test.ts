// The command line's words and exit codes, held to the table of run states.
import { describe, expect, it } from 'vitest'
import { RUN_STATE_RULES, RUN_STATES } from '@shared/search/run-states'
import { EXIT } from './output'
import { exitCodeOf, resumeAdvice } from './run-end'

describe('a run that the command line followed', () => {
  it.each(RUN_STATES)('and that is %s is continued exactly where the engine resumes it', (state) => {
    const advice = resumeAdvice({ number: 7, state })
    if (RUN_STATE_RULES[state].canResume) expect(advice).toBe('Continue with "gpt-nas search resume 7".')
    else expect(advice).toBeNull()
  })

  it('ends with success only when it is over, with failure when it failed, and else as interrupted', () => {
    const codes = RUN_STATES.map((state) => [state, exitCodeOf({ state, error: null })])
    expect(codes.filter(([, code]) => code === EXIT.ok).map(([state]) => state)).toEqual(
      RUN_STATES.filter((state) => RUN_STATE_RULES[state].isOver),
    )
    expect(codes.filter(([, code]) => code === EXIT.failed).map(([state]) => state)).toEqual(['failed'])
    const error = { code: 'storage-failed' as const, message: 'The disk is full.' }
    expect(exitCodeOf({ state: 'interrupted', error })).toBe(EXIT.failed)
  })
})
