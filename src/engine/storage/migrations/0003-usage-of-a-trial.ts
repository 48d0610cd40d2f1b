// What a trial took of the machine, and on which device it was trained.
import type { Migration } from './migration'

export const usageOfATrial: Migration = {
  number: 3,
  name: 'usage-of-a-trial',
  // NULL for trials of before: nothing was measured.
  statements: [`ALTER TABLE trials ADD COLUMN device TEXT`, `ALTER TABLE trials ADD COLUMN usage TEXT`],
}
