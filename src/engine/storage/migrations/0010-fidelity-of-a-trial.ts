// How much of a whole training a trial got, and from what it began: rungs, an early end, inherited weights (shared/search/trial.ts).
import type { Migration } from './migration'

export const fidelityOfATrial: Migration = {
  number: 10,
  name: 'fidelity-of-a-trial',
  // NULL for trials that trained whole from a random start, which all of before did.
  statements: [`ALTER TABLE trials ADD COLUMN fidelity TEXT`],
}
