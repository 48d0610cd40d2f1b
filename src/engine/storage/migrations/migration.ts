// What a migration is: one numbered step, applied whole or not at all.
export interface Migration {
  /** Consecutive from 1; the database's version is the largest applied. */
  readonly number: number
  readonly name: string
  /** SQL run in order inside one transaction. */
  readonly statements: readonly string[]
  /**
   * It makes tables anew that others refer to: references rest meanwhile, because dropping the old table would take what hangs on
   * its rows with it. All of them are looked at before it is kept.
   */
  readonly rebuildsReferenced?: boolean
}
