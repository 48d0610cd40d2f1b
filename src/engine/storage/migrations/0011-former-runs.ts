// What a run keeps of former ones that it starts from: those may go on, or be removed.
import type { Migration } from './migration'

export const formerRuns: Migration = {
  number: 11,
  name: 'former-runs',
  // NULL for runs that start from nothing, which all of before do.
  statements: [`ALTER TABLE runs ADD COLUMN former TEXT`],
}
