// Learning rate by step. Cosine: Loshchilov & Hutter 2017; linear warm-up: Goyal et al. 2017; milestones: He et al. 2015.
import type { Recipe } from '@shared/search/recipe'

type Schedule = Pick<Recipe, 'learningRate' | 'schedule' | 'warmUp' | 'milestones' | 'stepFactor'>

/**
 * Rate for `step` (from 0) of `steps` in all.
 * `warmUp` rises linearly in every schedule but `constant`; afterwards `linear-warm-up` stays at the peak, `cosine` falls
 * to 0, and `step` is multiplied with `stepFactor` at each milestone (fractions of all steps) that is reached.
 */
export function learningRateAt(recipe: Schedule, step: number, steps: number): number {
  const peak = recipe.learningRate
  if (recipe.schedule === 'constant') return peak
  const rising = Math.floor(recipe.warmUp * steps)
  if (step < rising) return (peak * (step + 1)) / rising
  switch (recipe.schedule) {
    case 'linear-warm-up':
      return peak
    case 'step': {
      const passed = recipe.milestones.filter((milestone) => step >= milestone * steps).length
      return peak * recipe.stepFactor ** passed
    }
    case 'cosine': {
      const progress = (step - rising) / Math.max(1, steps - rising)
      return peak * 0.5 * (1 + Math.cos(Math.PI * progress))
    }
  }
}
