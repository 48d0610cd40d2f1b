// What confirmations take of a definition's budgets, and what is told where there is no room or no sense in them.
import { describe, expect, it } from 'vitest'
import { confirmationNotes, confirmedArchitectures, searchingPart } from './confirmations'
import { runDefinitionSchema, type RunDefinitionInput } from './run'

const defined = (change: Partial<RunDefinitionInput>) =>
  runDefinitionSchema.parse({ name: 'x', populationSize: 10, generations: 5, ...change })

describe('confirmations', () => {
  it('take nothing where none are asked for', () => {
    const definition = defined({})
    expect(searchingPart(definition)).toBe(definition)
    expect(confirmationNotes(definition)).toEqual({ problems: [], notes: [] })
  })

  it('take their evaluations, and their share of epochs and time, from the search', () => {
    const definition = defined({ confirmBest: 4, confirmSeeds: 2, maxEpochs: 100, maxSeconds: 1000 })
    expect(confirmedArchitectures(definition)).toBe(4)
    expect(searchingPart(definition)).toMatchObject({ maxEvaluations: 42, maxEpochs: 80, maxSeconds: 800 })
    expect(confirmationNotes(definition).notes).toEqual([
      '8 of 50 evaluations confirm: the best 4, each with 2 other seeds.',
    ])
  })

  it('are fewer where their share has no room for all, and a problem where it has room for none', () => {
    const few = defined({ confirmBest: 9, confirmSeeds: 3 })
    expect(confirmedArchitectures(few)).toBe(3)
    expect(confirmationNotes(few).notes[0]).toContain('the best 3, not 9')
    const none = defined({ confirmBest: 1, confirmSeeds: 20 })
    expect(searchingPart(none)).toBe(none)
    expect(confirmationNotes(none).problems[0]).toContain('has no room for 20 confirmations')
  })

  it('make no sense on a table or of a front, which is told', () => {
    const table = defined({ confirmBest: 2, evaluator: { kind: 'table' } })
    const front = defined({ confirmBest: 2, objective: { kind: 'pareto' } })
    for (const definition of [table, front]) {
      expect(searchingPart(definition)).toBe(definition)
      expect(confirmationNotes(definition).notes).toHaveLength(1)
    }
  })
})
