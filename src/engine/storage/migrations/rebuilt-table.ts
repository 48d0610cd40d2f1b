// A table made anew with the same rows, because SQLite can neither drop a CHECK nor let a column be empty. Released migrations
// use this: what it writes never changes.
export interface Table {
  readonly name: string
  /** Column definitions in the order in which the tables of before have them. */
  readonly columns: readonly string[]
  readonly constraint?: string
  readonly hasGivenIds?: boolean
  readonly indexes?: readonly string[]
}

/** SQLite's own procedure: a new table, its rows, then its name. */
export function rebuilt({ name, columns, constraint, hasGivenIds, indexes = [] }: Table): string[] {
  const names = columns.map((column) => column.split(' ', 1)[0]).join(', ')
  const body = [...columns, ...(constraint === undefined ? [] : [constraint])].join(',\n      ')
  return [
    `CREATE TABLE ${name}_new (\n      ${body}\n    ) STRICT`,
    `INSERT INTO ${name}_new (${names}) SELECT ${names} FROM ${name}`,
    // Ids of removed rows are not given again: what named them must not come to name something else.
    ...(hasGivenIds === true
      ? [
          `DELETE FROM sqlite_sequence WHERE name = '${name}_new'`,
          `INSERT INTO sqlite_sequence (name, seq) SELECT '${name}_new', seq FROM sqlite_sequence WHERE name = '${name}'`,
        ]
      : []),
    `DROP TABLE ${name}`,
    `ALTER TABLE ${name}_new RENAME TO ${name}`,
    ...indexes.map((index) => `CREATE ${index}`),
  ]
}
