// What a search did that a kill may break: counted, so that a campaign without it does not pass for one with it.
import type { Origin } from '../../src/shared/search/trial'
import type { TrialFidelity } from '../../src/shared/search/trial-fidelity'
import type { TrialList } from './searches'

export const FEATURES = ['promotions', 'earlyEnds', 'inherited', 'confirmations'] as const
export type Feature = (typeof FEATURES)[number]

type Told = { readonly origin: Origin; readonly fidelity: TrialFidelity }

const HAS: Readonly<Record<Feature, (trial: Told) => boolean>> = {
  promotions: ({ fidelity }) => fidelity.rungs.some(({ promotedAmong }) => promotedAmong !== null),
  earlyEnds: ({ fidelity }) => fidelity.endedEarly !== null,
  inherited: ({ fidelity }) => (fidelity.inherited?.arrays ?? 0) > 0,
  confirmations: ({ origin }) => origin.confirms !== undefined,
}

/** Trials with each. */
export function featuresIn({ trials }: TrialList): Readonly<Record<Feature, number>> {
  const count = (feature: Feature): number => trials.filter(HAS[feature]).length
  return {
    promotions: count('promotions'),
    earlyEnds: count('earlyEnds'),
    inherited: count('inherited'),
    confirmations: count('confirmations'),
  }
}
