import { expect, it } from 'vitest'
import { finalRecipe } from './final-recipe'
import { FINAL_SCHEDULES } from './final-training'
import { recipeSchema } from './recipe'

it.each(FINAL_SCHEDULES)('of the schedule %s trains as repeatably as the search did', (schedule) => {
  for (const deterministic of [true, false]) {
    const recipe = finalRecipe({ schedule, epochs: null }, recipeSchema.parse({ deterministic }))
    expect(recipe.deterministic).toBe(deterministic)
  }
})
