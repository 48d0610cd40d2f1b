// Why a run ended, with figures as people read them.
import { describe, expect, it } from 'vitest'
import { endText } from './end-text'
import { runDefinitionSchema } from './run'
import { FIRST_LIGHT } from './samples'

describe('the end of a run', () => {
  it('tells its limit of time and its noise with their units', () => {
    const definition = runDefinitionSchema.parse({ ...FIRST_LIGHT.definition, maxSeconds: 5400, stopBelow: 0.005 })
    expect(endText('time', definition)).toBe('The time limit of 1 h 30 min was reached.')
    expect(endText('gain', definition)).toContain('the noise of 0.50 %')
  })
})
