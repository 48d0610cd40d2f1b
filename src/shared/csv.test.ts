// Tables as they come: rows keep their numbers, and a table that no memory would hold is told before it is taken apart.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsv } from './csv'

describe('a table', () => {
  it('keeps the numbers of its rows over blank ones', () => {
    expect(readCsv('sep=;\n\na;b\n;\n1;2\n\n')).toEqual({
      titles: ['a', 'b'],
      rows: [{ cells: ['1', '2'], row: 5 }],
      broken: null,
    })
  })

  it('gives back what was written, whatever the cells hold', () => {
    const cell = fc.string({ unit: 'grapheme' }).map((text) => `x${text.replace(/\r/g, '')}`)
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }), (rows) => {
        const line = (cells: readonly string[]): string =>
          cells.map((text) => `"${text.replace(/"/g, '""')}"`).join(',')
        const read = readCsv([['a', 'b'], ...rows].map(line).join('\n'))
        expect(read.broken).toBeNull()
        expect(read.rows.map(({ cells }) => cells)).toEqual(rows)
      }),
    )
  })

  it('names the row whose quotation does not end', () => {
    expect(readCsv('a,b\n1,2\n3,"4\n5,6\n').broken).toMatchObject({ row: 3 })
  })

  it.each([
    ['line ends', '\n', /at most 2000000 rows/],
    ['old line ends', '\r', /at most 2000000 rows/],
    ['separators', ',', /at most 20000000 cells/],
    ['other separators', ';', /at most 20000000 cells/],
  ])('of %s alone is refused for their number', (_, letter, message) => {
    const table = readCsv(`a${letter}b\n${letter.repeat(30_000_000)}`)
    expect(table.broken?.message).toMatch(message)
    expect(table.rows).toEqual([])
  })
})
