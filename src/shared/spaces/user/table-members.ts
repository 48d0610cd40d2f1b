// The members of a space with a table: its rows within the constraints. A key that the table lacks is outside
// (docs/rules.md#order).
import { AppError } from '../../errors'
import type { Measurement } from '../space'
import { isRead, type KeyCodec } from './key'
import { hammingDistance, type Choices, type Members } from './members'
import type { SpaceRange, UserSpaceFile } from './space-file'
import type { SpaceTable } from './table'

function rowProblems(row: Measurement, table: SpaceTable, constraints: UserSpaceFile['constraints']): string[] {
  return Object.entries(constraints).flatMap(([name, range]: [string, SpaceRange]) => {
    const value = row.costs[table.costNames.indexOf(name)]
    if (value === undefined) return [`${name} was not measured`]
    if (range.max !== undefined && value > range.max) return [`${name} of ${value} is above the limit of ${range.max}`]
    if (range.min !== undefined && value < range.min) return [`${name} of ${value} is below the limit of ${range.min}`]
    return []
  })
}

export function createTableMembers(file: UserSpaceFile, table: SpaceTable, keys: KeyCodec): Members {
  const inside: Choices[] = []
  for (const [key, row] of table.rows) {
    if (rowProblems(row, table, file.constraints).length > 0) continue
    const choices = keys.read(key)
    if (isRead(choices)) inside.push(choices)
  }
  inside.sort((a, b) => {
    const place = a.findIndex((choice, i) => choice !== b[i])
    return place < 0 ? 0 : a[place]! - b[place]!
  })
  let prefixes: Set<string> | undefined
  const prefixesOnce = (): Set<string> => {
    if (prefixes === undefined) {
      prefixes = new Set()
      for (const choices of inside) for (let n = 0; n <= choices.length; n++) prefixes.add(choices.slice(0, n).join())
    }
    return prefixes
  }

  return {
    size: () => ({ count: inside.length, exact: true }),
    problems: (choices) => {
      const key = keys.write(choices)
      const row = table.rows.get(key)
      return row === undefined ? [`the table has no row "${key}"`] : rowProblems(row, table, file.constraints)
    },
    canFinish: (prefix) => prefixesOnce().has(prefix.join()),
    random: (random) => {
      if (inside.length === 0)
        throw new AppError(
          'invalid-input',
          `No row of the table of space ${file.name} is within its constraints.`,
          'Widen the constraints.',
        )
      return random.choice(inside)
    },
    *all() {
      yield* inside
    },
    nearest: (choices, limit) => {
      let least = Infinity
      let found: Choices[] = []
      for (const other of inside) {
        const distance = hammingDistance(choices, other)
        if (distance === 0 || distance > least) continue
        if (distance < least) found = []
        least = distance
        if (found.length < limit) found.push(other)
      }
      return found
    },
  }
}
