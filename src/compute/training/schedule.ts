// Learning rate by step. Cosine: Loshchilov & Hutter 2017; linear warm-up: Goyal et al. 2017.
import type { Recipe } from '@shared/search/run'

/**
 * Rate for `step` (from 0) of `steps` in all.
 * `warmUp` rises linearly in every schedule but `constant`; `linear-warm-up` stays at the peak afterwards, `cosine` falls to 0.
 */
export function learningRateAt(
  recipe: Pick<Recipe, 'learningRate' | 'schedule' | 'warmUp'>,
  step: number,
  steps: number,
): number {
  const peak = recipe.learningRate
  if (recipe.schedule === 'constant') return peak
  const rising = Math.floor(recipe.warmUp * steps)
  if (step < rising) return (peak * (step + 1)) / rising
  if (recipe.schedule === 'linear-warm-up') return peak
  const progress = (step - rising) / Math.max(1, steps - rising)
  return peak * 0.5 * (1 + Math.cos(Math.PI * progress))
}
