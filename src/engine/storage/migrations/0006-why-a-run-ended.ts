// Which budget ended a run, or that nothing was left to propose.
import type { Migration } from './migration'

export const whyARunEnded: Migration = {
  number: 6,
  name: 'why-a-run-ended',
  // NULL for runs that have not finished, and for those of before.
  statements: [`ALTER TABLE runs ADD COLUMN end TEXT`],
}
