// The figure of progress of a front: what it is measured by is fixed by the first results, in the order in which they came.
import { expect, it } from 'vitest'
import { objectiveSchema } from './schema'
import { frontAmong } from './winners'

const objective = objectiveSchema.parse({ kind: 'pareto', costs: ['macs'] })
const trial = (number: number, fitness: number, macs: number) => ({ number, fitness, macs, parameters: 1, costs: {} })

it('is not measured anew when an early trial ends late', () => {
  const soon = Array.from({ length: 12 }, (_, i) => trial(i + 2, 0.5 + i / 100, 100 + ((7 * i) % 12)))
  const before = frontAmong(objective, soon, soon)?.hypervolume
  expect(before).toBeGreaterThan(0)
  // Worse than all in both: were it among those that fix the measure, everything would dominate more.
  const late = trial(1, 0.1, 1000)
  const after = frontAmong(objective, [late, ...soon], [...soon, late])
  expect(after?.hypervolume).toBe(before)
  expect(after?.trials.map(({ number }) => number)).not.toContain(1)
})
