// In which order what waits is evaluated, where a person has said so.
import type { Migration } from './migration'

export const queueOfARun: Migration = {
  number: 8,
  name: 'queue-of-a-run',
  // NULL for trials in the order of their numbers, which all of before are.
  statements: [`ALTER TABLE trials ADD COLUMN queue_place INTEGER`],
}
