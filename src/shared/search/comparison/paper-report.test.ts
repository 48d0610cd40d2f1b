// The paper's ablations: the same networks in every column, and what their results say.
import { describe, expect, it } from 'vitest'
import { PAPER_ABLATIONS } from './paper'
import { fullPlan, ownPlan, paperCells, smallPlan } from './paper-plans'
import { paperReport, pearson } from './paper-report'

const column = (label: string, ...values: readonly number[]) => ({
  label,
  fitness: new Map(values.map((value, i) => [i + 1, value])),
})

describe.each(PAPER_ABLATIONS)('%s', (of) => {
  it('is runs of one generation that differ in what is compared alone', () => {
    for (const plan of [smallPlan(of), fullPlan(of), ownPlan(of, smallPlan(of).base)]) {
      const cells = paperCells(plan)
      expect(new Set(cells.map(({ label }) => label)).size).toBe(cells.length)
      for (const { definition } of cells)
        expect(definition).toMatchObject({ generations: 1, populationSize: plan.networks, seed: plan.base.seed })
      const spaces = new Set(cells.map(({ definition: { space, data } }) => JSON.stringify([space, data])))
      expect(spaces.size).toBe(1)
    }
  })
})

describe('the report', () => {
  it('pairs rates with the untouched networks, and says what cannot be told apart', () => {
    const { rows, words } = paperReport('table-4', [
      column('rate 0', 0.3, 0.4, 0.35, 0.5),
      column('rate 0.4', 0.4, 0.5, 0.44, 0.62),
      column('rate 0.8', 0.31, 0.38, 0.36, 0.49),
    ])
    expect(rows[1]).toMatchObject({ counts: { better: 4, equal: 0, worse: 0 }, difference: { pairs: 4 } })
    expect(rows[1]?.difference?.mean).toBeCloseTo(0.1025, 10)
    expect(rows[1]?.difference?.low).toBeGreaterThan(0)
    expect(words[0]).toContain('better than untouched')
    expect(words[1]).toContain('not to be told from untouched')
    expect(words[2]).toContain('Refuted where')
  })

  it('leaves out pairs of which one failed', () => {
    const short = {
      label: '1 epoch',
      fitness: new Map([
        [1, 0.1],
        [2, 0.2],
        [3, 0.3],
        [4, 0.35],
      ]),
    }
    const long = {
      label: '8 epochs',
      fitness: new Map([
        [1, 0.2],
        [3, 0.5],
        [4, 0.4],
      ]),
    }
    expect(paperReport('table-5', [short, long]).rows[1]?.correlation).toMatchObject({ pairs: 3, low: null })
  })

  it('compares predicted blocks with everything trained at the same rate', () => {
    const { rows } = paperReport('figure-2', [
      column('rate 0.2, everything trained', 0.1, 0.2, 0.3, 0.4),
      column('rate 0.2, predicted blocks trained', 0.1, 0.2, 0.3, 0.4),
      column('rate 0.4, everything trained', 0.4, 0.3, 0.2, 0.1),
      column('rate 0.4, predicted blocks trained', 0.1, 0.2, 0.3, 0.4),
    ])
    expect(rows.map(({ correlation }) => correlation?.pearson?.toFixed(3))).toEqual([
      undefined,
      '1.000',
      undefined,
      '-1.000',
    ])
  })

  it('has Pearson’s correlation as others have it', () => {
    // numpy.corrcoef([1, 2, 3, 4], [1, 3, 2, 5])[0, 1]
    expect(
      pearson([
        [1, 1],
        [2, 3],
        [3, 2],
        [4, 5],
      ]),
    ).toBeCloseTo(0.8315218406202999, 12)
    expect(
      pearson([
        [1, 1],
        [1, 2],
      ]),
    ).toBeNull()
  })
})
