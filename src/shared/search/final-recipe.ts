// How a winner is trained at the end, by the name of a schedule (decision 138).
import type { FinalWish } from './final-training'
import { PAPER, PAPER_IMAGENET } from './presets'
import { recipeSchema, type Recipe } from './recipe'

/** Ours, for a processor: ten epochs of some thousand images take minutes, sixty of them an hour; the paper's are for a GPU. */
const EPOCHS = { short: 10, long: 60 }

/** The recipe of a schedule; what it does not say is the search's. */
export function finalRecipe({ schedule, epochs }: Pick<FinalWish, 'schedule' | 'epochs'>, searched: Recipe): Recipe {
  const base: Recipe =
    schedule === 'paper' || schedule === 'paper-imagenet'
      ? {
          ...(schedule === 'paper' ? PAPER : PAPER_IMAGENET).finalRecipe,
          deterministic: searched.deterministic,
        }
      : { ...searched, epochs: EPOCHS[schedule], schedule: 'cosine', warmUp: Math.min(searched.warmUp, 0.1) }
  // Every epoch counts, and everything is trained: it is the network that is wanted now, not its rank.
  return recipeSchema.parse({ ...base, ...(epochs !== null && { epochs }), patience: null, trainPredictedOnly: false })
}
