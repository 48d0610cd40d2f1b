// What a data table is told about its columns. Sorting and visibility are TanStack's; drawing is UiDataTable.vue's.
import {
  rowSortingFeature,
  columnVisibilityFeature,
  createSortedRowModel,
  sortFn_basic,
  tableFeatures,
} from '@tanstack/vue-table'

/** One column of a table of `R`. */
export interface TableColumn<R> {
  readonly id: string
  readonly title: string
  /** Explains the title on hover. */
  readonly help?: string
  /** Pixels; a column without one takes the room that is left. */
  readonly width?: number
  readonly isNumeric?: boolean
  readonly isMono?: boolean
  /** What rows are sorted by; undefined sorts last either way. */
  readonly value: (row: R) => number | string | undefined
  /** What is shown and copied. */
  readonly text: (row: R) => string
}

export const dataTableFeatures = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
})

const quote = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** Rows as RFC 4180 text with a header line: raw values, so that a spreadsheet gets numbers and not formatted ones. */
export function toCsv<R>(columns: readonly TableColumn<R>[], rows: readonly R[]): string {
  const lines = [
    columns.map((column) => quote(column.title)),
    ...rows.map((row) => columns.map((column) => quote(String(column.value(row) ?? '')))),
  ]
  return lines.map((line) => line.join(',')).join('\r\n') + '\r\n'
}
