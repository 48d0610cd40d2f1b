// First shape of the workspace database. A released migration is never edited; a change is a new file.
import type { Migration } from './migration'

export const initial: Migration = {
  number: 1,
  name: 'initial',
  statements: [
    `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`,
    `CREATE TABLE runs (
      id TEXT PRIMARY KEY,
      number INTEGER NOT NULL UNIQUE,
      name TEXT NOT NULL,
      definition TEXT NOT NULL,
      user_blocks TEXT NOT NULL,
      seeds TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN
        ('created', 'running', 'pausing', 'paused', 'interrupted', 'finished', 'stopped', 'failed')),
      created_at TEXT NOT NULL,
      started_at TEXT,
      finished_at TEXT,
      seconds REAL NOT NULL,
      planned INTEGER NOT NULL,
      error TEXT
    ) STRICT`,
    `CREATE TABLE artefacts (
      sha256 TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      size_bytes INTEGER NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE artefact_references (
      sha256 TEXT NOT NULL REFERENCES artefacts (sha256),
      owner TEXT NOT NULL,
      PRIMARY KEY (sha256, owner)
    ) STRICT`,
    `CREATE INDEX artefact_references_by_owner ON artefact_references (owner)`,
    `CREATE TABLE trials (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'finished', 'failed', 'cancelled')),
      attempt INTEGER NOT NULL,
      genotype TEXT NOT NULL,
      document TEXT NOT NULL,
      architecture_hash TEXT NOT NULL,
      evaluation_key TEXT NOT NULL,
      origin TEXT NOT NULL,
      parameters INTEGER NOT NULL,
      macs INTEGER NOT NULL,
      fitness REAL,
      best_epoch INTEGER,
      weights_sha256 TEXT REFERENCES artefacts (sha256),
      reused_from INTEGER REFERENCES trials (id) ON DELETE SET NULL,
      error TEXT,
      started_at TEXT,
      finished_at TEXT,
      seconds REAL,
      UNIQUE (run_id, number)
    ) STRICT`,
    `CREATE INDEX trials_by_generation ON trials (run_id, generation, number)`,
    `CREATE INDEX trials_by_evaluation ON trials (evaluation_key, state)`,
    `CREATE INDEX trials_by_reuse ON trials (reused_from)`,
    `CREATE TABLE epochs (
      trial_id INTEGER NOT NULL REFERENCES trials (id) ON DELETE CASCADE,
      epoch INTEGER NOT NULL,
      learning_rate REAL NOT NULL,
      train_loss REAL NOT NULL,
      train_accuracy REAL NOT NULL,
      validation_loss REAL NOT NULL,
      validation_accuracy REAL NOT NULL,
      seconds REAL NOT NULL,
      PRIMARY KEY (trial_id, epoch)
    ) STRICT`,
    `CREATE TABLE journal (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      at TEXT NOT NULL,
      level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
      message TEXT NOT NULL,
      trial_id INTEGER REFERENCES trials (id) ON DELETE SET NULL
    ) STRICT`,
    `CREATE INDEX journal_by_run ON journal (run_id, id)`,
    `CREATE INDEX journal_by_trial ON journal (trial_id)`,
    `CREATE TABLE exports (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      trial_id INTEGER NOT NULL REFERENCES trials (id) ON DELETE CASCADE,
      format TEXT NOT NULL CHECK (format IN ('tfjs')),
      folder TEXT NOT NULL,
      files TEXT NOT NULL,
      proof TEXT,
      created_at TEXT NOT NULL
    ) STRICT`,
    `CREATE INDEX exports_by_trial ON exports (trial_id)`,
    `CREATE TABLE designs (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('block', 'network')),
      name TEXT NOT NULL,
      version INTEGER NOT NULL,
      updated_at TEXT NOT NULL,
      removed_at TEXT,
      parameters INTEGER,
      macs INTEGER,
      errors INTEGER NOT NULL,
      searchable INTEGER NOT NULL CHECK (searchable IN (0, 1))
    ) STRICT`,
    `CREATE UNIQUE INDEX block_names ON designs (name) WHERE kind = 'block' AND removed_at IS NULL`,
    `CREATE TABLE design_versions (
      design_id TEXT NOT NULL REFERENCES designs (id),
      version INTEGER NOT NULL,
      document TEXT NOT NULL,
      created_at TEXT NOT NULL,
      PRIMARY KEY (design_id, version)
    ) STRICT`,
    `CREATE TABLE drafts (key TEXT PRIMARY KEY, document TEXT NOT NULL, saved_at TEXT NOT NULL) STRICT`,
  ],
}
