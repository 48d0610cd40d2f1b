// Lines of bench:gpu that only a card can fill: a check where one was measured, its name among those not seen where none was.
import type { Check } from '../harness'

export interface Lines {
  readonly checks: readonly Check[]
  /** Names of checks that nobody could make here. */
  readonly notSeen: readonly string[]
}

export const joined = (...parts: readonly Lines[]): Lines => ({
  checks: parts.flatMap(({ checks }) => checks),
  notSeen: parts.flatMap(({ notSeen }) => notSeen),
})

export const seen = (...checks: Check[]): Lines => ({ checks, notSeen: [] })

/**
 * @param isCard whether TensorFlow computed on a card
 * @param check of a figure; NaN, where there is a card and no figure, fails it
 */
export function onCard(isCard: boolean, check: Check): Lines {
  return isCard ? seen(check) : { checks: [], notSeen: [`${check.name} (${check.bound})`] }
}
