import { describe, expect, it } from 'vitest'
import { toCsv } from './data-table'

describe('table as CSV', () => {
  it('writes CSV that survives commas, quotes and line ends', () => {
    const columns = [
      { id: 'name', title: 'Name, full', value: (row: { name: string; size?: number }) => row.name, text: () => '' },
      { id: 'size', title: 'Size', value: (row: { name: string; size?: number }) => row.size, text: () => '' },
    ]
    expect(toCsv(columns, [{ name: 'a "b"\nc', size: 1.5 }, { name: 'd' }])).toBe(
      '"Name, full",Size\r\n"a ""b""\nc",1.5\r\nd,\r\n',
    )
  })
})
