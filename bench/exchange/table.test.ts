// Tables of docs/exchange.md that are gone on with: what was not measured now stays, in the order of the networks.
import { describe, expect, it } from 'vitest'
import { inOrder, otherLines } from './table'

describe('lines of a table that were not measured now', () => {
  it('stay, by the first cells of their row', async () => {
    const all = await otherLines('trained', new Set(), 2)
    expect(all.length).toBeGreaterThan(8)
    expect(all.every((line) => line.startsWith('| ') || line.startsWith('- '))).toBe(true)
    const left = await otherLines('trained', new Set(['ResNet-20 w8, ONNX']), 2)
    expect(all.filter((line) => !left.includes(line)).map((line) => line.split(' | ').slice(0, 2))).toEqual([
      ['| ResNet-20 w8', 'ONNX'],
    ])
    // A mark beside a way out is none of its name.
    const marked = all.find((line) => line.includes(' \\* |'))
    const key = marked?.split('|').slice(1, 3)
    const names = key?.map((cell) => cell.replace(' \\*', '').trim()).join(', ') ?? ''
    expect(await otherLines('trained', new Set([names]), 2)).not.toContain(marked ?? '')
  })

  it('come in the order of the networks', () => {
    expect(inOrder(['| b | 1 |', '- a, x: 1', '| a | 2 |'], ['a', 'b'])).toEqual([
      '- a, x: 1',
      '| a | 2 |',
      '| b | 1 |',
    ])
  })
})
