// The published experiment, held against the paper's own figures: budgets, and rates as a training asks for them.
import { expect, it } from 'vitest'
import { plannedEvaluations } from '@shared/search/planning'
import { PAPER, finalTrainingTime } from '@shared/search/presets'
import { learningRateAt } from './schedule'

const rates = (recipe: typeof PAPER.finalRecipe, stepsPerEpoch: number, epochs: readonly number[]): number[] =>
  epochs.map((epoch) => learningRateAt(recipe, epoch * stepsPerEpoch, recipe.epochs * stepsPerEpoch))

it('searches 20 generations of 30, whose rate rises to 0.01 over 6 epochs', () => {
  const { definition } = PAPER
  expect(plannedEvaluations(definition)).toBe(600)
  expect(definition).toMatchObject({ strategy: { name: 'gpt-nas:paper' }, space: { minBlocks: 10, maxBlocks: 20 } })
  const steps = 6 * 88
  expect(learningRateAt(definition.recipe, steps - 1, steps)).toBeCloseTo(0.01, 12)
  expect(learningRateAt(definition.recipe, steps / 2 - 1, steps)).toBeCloseTo(0.005, 12)
})

it('trains the best for 350 epochs at 0.01, a tenth of it after every hundred', () => {
  const found = rates(PAPER.finalRecipe, 98, [0, 99, 100, 199, 200, 299, 300, 349])
  const wanted = [1e-2, 1e-2, 1e-3, 1e-3, 1e-4, 1e-4, 1e-5, 1e-5]
  for (const [i, rate] of found.entries()) expect(rate).toBeCloseTo(wanted[i] ?? NaN, 12)
})

it('forecasts the final training by its epochs', () => {
  expect(finalTrainingTime(PAPER, 6, { least: 6, most: 60 })).toEqual({ low: 350, high: 3500 })
})
