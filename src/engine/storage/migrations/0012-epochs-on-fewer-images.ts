// Rungs of fewer or smaller images (decision 191): what an epoch took of a whole one, and the curves of trainings that a trial has left for
// one that began anew on more.
import type { Migration } from './migration'

export const epochsOnFewerImages: Migration = {
  number: 12,
  name: 'epochs-on-fewer-images',
  statements: [
    // All epochs of before were whole ones.
    `ALTER TABLE epochs ADD COLUMN share REAL NOT NULL DEFAULT 1`,
    `CREATE TABLE left_epochs (
      trial_id INTEGER NOT NULL REFERENCES trials (id) ON DELETE CASCADE,
      leg INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      learning_rate REAL NOT NULL,
      train_loss REAL NOT NULL,
      train_accuracy REAL NOT NULL,
      validation_loss REAL NOT NULL,
      validation_accuracy REAL NOT NULL,
      seconds REAL NOT NULL,
      share REAL NOT NULL,
      PRIMARY KEY (trial_id, leg, epoch)
    ) STRICT`,
  ],
}
