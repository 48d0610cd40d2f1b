// What a person changed of a run after its first trial, and from which generation on it holds.
import type { Migration } from './migration'

export const changesOfARun: Migration = {
  number: 7,
  name: 'changes-of-a-run',
  statements: [
    `CREATE TABLE run_changes (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
      at TEXT NOT NULL,
      generation INTEGER NOT NULL,
      before TEXT NOT NULL
    )`,
    `CREATE INDEX run_changes_of_run ON run_changes (run_id)`,
  ],
}
