// A value that a table must hold because the code before has put it there.

/** The value under `key`. @throws RangeError where there is none: the programmer's error, not the user's */
export function required<Key extends string | number, Value>(
  table: { get(key: Key): Value | undefined },
  key: Key,
  what: string,
): Value {
  const value = table.get(key)
  if (value === undefined) throw new RangeError(`There is no ${what} under ${key}`)
  return value
}
