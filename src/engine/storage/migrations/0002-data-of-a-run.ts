// Which images a run is about: a data set can be replaced under its name while the run is paused.
import type { Migration } from './migration'

export const dataOfARun: Migration = {
  number: 2,
  name: 'data-of-a-run',
  // NULL for runs that have not begun, and for those of before: they take what is there when they go on.
  statements: [`ALTER TABLE runs ADD COLUMN data_fingerprint TEXT`],
}
