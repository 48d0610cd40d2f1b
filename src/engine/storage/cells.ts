// One JSON cell of a row as what it stands for. A cell that is no JSON, or not what its column holds, is damage: told with its
// table, row and column. Who works with a row refuses it; who only shows rows reads on with something in its place, and tells.
import { AppError, type ErrorData } from '@shared/errors'
import { restoreAdvice } from './storage-error'

export interface Cell {
  readonly table: string
  /** What identifies the row: its id or key. */
  readonly row: string | number
  readonly column: string
}

export function damagedCell({ table, row, column }: Cell, cause?: unknown): AppError {
  const reason = cause instanceof SyntaxError ? 'is not valid JSON' : 'holds something else than this column does'
  return new AppError(
    'storage-damaged',
    `The database is damaged: the column "${column}" of the row ${row} in the table "${table}" ${reason}.`,
    restoreAdvice(),
    { cause },
  )
}

/** @throws AppError `storage-damaged` */
export function readCell<T>(cell: Cell, text: string, interpret: (value: unknown) => T): T {
  try {
    return interpret(JSON.parse(text))
  } catch (thrown) {
    throw damagedCell(cell, thrown)
  }
}

/** Reads the cells of one row. */
export interface RowReader {
  /** @param instead what stands there when the cell is damaged and the reader goes on */
  cell<T>(column: string, text: string, interpret: (value: unknown) => T, instead: () => T): T
  /** The first damage that was met. */
  readonly damage: ErrorData | null
}

/** What a damaged cell does to who reads the row. */
export type OnDamage = 'refuse' | 'tell'

export function rowReader(table: string, row: string | number, onDamage: OnDamage): RowReader {
  let damage: ErrorData | null = null
  return {
    cell: (column, text, interpret, instead) => {
      try {
        return readCell({ table, row, column }, text, interpret)
      } catch (thrown) {
        if (onDamage === 'refuse' || !(thrown instanceof AppError)) throw thrown
        damage ??= thrown.toData()
        return instead()
      }
    },
    get damage() {
      return damage
    },
  }
}
