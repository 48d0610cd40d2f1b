// Which states, levels, kinds and formats there are is the schemas' in shared/: tables that repeated the list had to be rebuilt
// for every new value, and refused what a newer part of the program knew. SQLite cannot drop a CHECK, so the tables are made
// anew, once, with every row, every id that was ever given and their indexes.
import type { Migration } from './migration'
import { rebuilt, type Table } from './rebuilt-table'

const TABLES: readonly Table[] = [
  {
    name: 'runs',
    columns: [
      'id TEXT PRIMARY KEY',
      'number INTEGER NOT NULL UNIQUE',
      'name TEXT NOT NULL',
      'definition TEXT NOT NULL',
      'user_blocks TEXT NOT NULL',
      'seeds TEXT NOT NULL',
      'state TEXT NOT NULL',
      'created_at TEXT NOT NULL',
      'started_at TEXT',
      'finished_at TEXT',
      'seconds REAL NOT NULL',
      'planned INTEGER NOT NULL',
      'error TEXT',
      'data_fingerprint TEXT',
    ],
  },
  {
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
      'parameters INTEGER NOT NULL',
      'macs INTEGER NOT NULL',
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
    ],
    constraint: 'UNIQUE (run_id, number)',
    hasGivenIds: true,
    indexes: [
      'INDEX trials_by_generation ON trials (run_id, generation, number)',
      'INDEX trials_by_evaluation ON trials (evaluation_key, state)',
      'INDEX trials_by_reuse ON trials (reused_from)',
    ],
  },
  {
    name: 'journal',
    columns: [
      'id INTEGER PRIMARY KEY AUTOINCREMENT',
      'run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE',
      'at TEXT NOT NULL',
      'level TEXT NOT NULL',
      'message TEXT NOT NULL',
      'trial_id INTEGER REFERENCES trials (id) ON DELETE SET NULL',
    ],
    hasGivenIds: true,
    indexes: ['INDEX journal_by_run ON journal (run_id, id)', 'INDEX journal_by_trial ON journal (trial_id)'],
  },
  {
    name: 'exports',
    columns: [
      'id INTEGER PRIMARY KEY AUTOINCREMENT',
      'trial_id INTEGER NOT NULL REFERENCES trials (id) ON DELETE CASCADE',
      'format TEXT NOT NULL',
      'folder TEXT NOT NULL',
      'files TEXT NOT NULL',
      'proof TEXT',
      'created_at TEXT NOT NULL',
    ],
    hasGivenIds: true,
    indexes: ['INDEX exports_by_trial ON exports (trial_id)'],
  },
  {
    name: 'designs',
    columns: [
      'id TEXT PRIMARY KEY',
      'kind TEXT NOT NULL',
      'name TEXT NOT NULL',
      'version INTEGER NOT NULL',
      'updated_at TEXT NOT NULL',
      'removed_at TEXT',
      'parameters INTEGER',
      'macs INTEGER',
      'errors INTEGER NOT NULL',
      'searchable INTEGER NOT NULL CHECK (searchable IN (0, 1))',
    ],
    indexes: ["UNIQUE INDEX block_names ON designs (name) WHERE kind = 'block' AND removed_at IS NULL"],
  },
]

export const valuesAreZods: Migration = {
  number: 4,
  name: 'values-are-zods',
  rebuildsReferenced: true,
  statements: TABLES.flatMap(rebuilt),
}
