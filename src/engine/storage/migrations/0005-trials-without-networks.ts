// Trials of spaces whose architectures are mere words have no document (JSON null) and so neither parameters nor
// multiply-accumulates; what a table measured of them has a column of its own, and so has what only a report may show.
import type { Migration } from './migration'
import { rebuilt, type Table } from './rebuilt-table'

const TRIALS: Table = {
  name: 'trials',
  columns: [
    'id INTEGER PRIMARY KEY AUTOINCREMENT',
    'run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE',
    'number INTEGER NOT NULL',
    'generation INTEGER NOT NULL',
    'state TEXT NOT NULL',
    'attempt INTEGER NOT NULL',
    'genotype TEXT NOT NULL',
    'document TEXT NOT NULL',
    'architecture_hash TEXT NOT NULL',
    'evaluation_key TEXT NOT NULL',
    'origin TEXT NOT NULL',
    'parameters INTEGER',
    'macs INTEGER',
    'fitness REAL',
    'best_epoch INTEGER',
    'weights_sha256 TEXT REFERENCES artefacts (sha256)',
    'reused_from INTEGER REFERENCES trials (id) ON DELETE SET NULL',
    'error TEXT',
    'started_at TEXT',
    'finished_at TEXT',
    'seconds REAL',
    'device TEXT',
    'usage TEXT',
    'costs TEXT',
    'reported REAL',
  ],
  constraint: 'UNIQUE (run_id, number)',
  hasGivenIds: true,
  indexes: [
    'INDEX trials_by_generation ON trials (run_id, generation, number)',
    'INDEX trials_by_evaluation ON trials (evaluation_key, state)',
    'INDEX trials_by_reuse ON trials (reused_from)',
  ],
}

export const trialsWithoutNetworks: Migration = {
  number: 5,
  name: 'trials-without-networks',
  rebuildsReferenced: true,
  statements: [
    'ALTER TABLE trials ADD COLUMN costs TEXT',
    'ALTER TABLE trials ADD COLUMN reported REAL',
    ...rebuilt(TRIALS),
  ],
}
