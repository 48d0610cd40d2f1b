// Rows of numbers as a message can carry them: what is not finite becomes null.
export const finiteRows = (rows: readonly (readonly number[])[]): (number | null)[][] =>
  rows.map((row) => row.map((value) => (Number.isFinite(value) ? value : null)))
