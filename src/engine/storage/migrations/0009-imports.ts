// Networks of other programs in the workspace, and exports that are made of them: an export is of a trial or of an import.
import type { Migration } from './migration'
import { rebuilt } from './rebuilt-table'

export const imports: Migration = {
  number: 9,
  name: 'imports',
  statements: [
    `CREATE TABLE imports (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      document TEXT NOT NULL,
      facts TEXT NOT NULL,
      weights_sha256 TEXT REFERENCES artefacts (sha256),
      created_at TEXT NOT NULL
    ) STRICT`,
    ...rebuilt({
      name: 'exports',
      columns: [
        'id INTEGER PRIMARY KEY AUTOINCREMENT',
        'trial_id INTEGER REFERENCES trials (id) ON DELETE CASCADE',
        'format TEXT NOT NULL',
        'folder TEXT NOT NULL',
        'files TEXT NOT NULL',
        'proof TEXT',
        'created_at TEXT NOT NULL',
      ],
      hasGivenIds: true,
      indexes: ['INDEX exports_by_trial ON exports (trial_id)'],
    }),
    `ALTER TABLE exports ADD COLUMN import_id INTEGER REFERENCES imports (id) ON DELETE CASCADE`,
    `CREATE INDEX exports_by_import ON exports (import_id)`,
  ],
}
