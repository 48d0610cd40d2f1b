// What a migration is: one numbered step, applied whole or not at all.
export interface Migration {
  /** Consecutive from 1; the database's version is the largest applied. */
  readonly number: number
  readonly name: string
  /** SQL run in order inside one transaction. */
  readonly statements: readonly string[]
}
