// Figures as people read them: durations, sizes, percentages, bars and plain tables. Pure.
import { readableDuration } from '@shared/duration'
import { figure } from '@shared/figures'
import { readableBytes } from '@shared/units'
import { plainLine } from './plain-text'

/** "52 s", "12 min 5 s", "3 h 4 min", "2 d 3 h". */
export const duration = readableDuration

/** Three significant digits with a decimal prefix: "12.3 k", "4.56 M". */
export const count = figure

/** Binary sizes: "1.5 GiB". */
export const bytes = readableBytes

/** A loss, of which one that has left all bounds is not written out: "2.303", "1.3e+16". */
export const loss = (value: number): string => (Math.abs(value) < 1e6 ? value.toFixed(3) : value.toExponential(1))

/** @param fraction in [0, 1] */
export const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`

/** @param fraction in [0, 1] */
export function bar(fraction: number, width = 24): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width)
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`
}

/** Columns padded to their widest cell; columns whose name starts with ">" are aligned right. A cell is one line whatever it holds. */
export function table(columns: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(plainLine))
  const names = columns.map((name) => name.replace(/^>/, ''))
  const widths = names.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        columns[column]?.startsWith('>') ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(names), ...rows.map(line)].join('\n')
}
