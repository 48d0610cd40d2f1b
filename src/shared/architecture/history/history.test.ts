// History: steps, modes, squashing and bailing; and against a list of whole documents, over random edits.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../random'
import { BUILT_IN_BLOCKS } from '../blocks'
import { isEmptyDiff } from '../document/diff'
import { addNode, moveNodes, newNetworkDocument, removeNodes, renameNode, setParameter } from '../document'
import { randomDocument, randomEdit } from '../document/testing/random-edits'
import { History } from './history'

const start = newNetworkDocument('n')
const width = (history: History): unknown => {
  const record = history.document.records['stem-1']
  return record?.type === 'layer' ? record.parameters.channels : undefined
}
const setWidth = (history: History, value: number, mode?: 'record' | 'keep-redo'): void =>
  history.apply(setParameter(history.document, 'stem-1', 'channels', value), mode)

describe('History', () => {
  it('undoes and redoes whole steps with their labels', () => {
    const history = new History(start)
    history.mark('Widen')
    setWidth(history, 20)
    setWidth(history, 24)
    history.mark('Add')
    history.apply(addNode(history.document, { kind: 'relu' }))
    expect(history.undoLabel).toBe('Add')
    expect(history.undo()).toBe(true)
    expect([history.undoLabel, history.redoLabel]).toEqual(['Widen', 'Add'])
    expect(history.undo()).toBe(true)
    expect(history.document).toEqual(start)
    expect(history.undo()).toBe(false)
    history.redo()
    history.redo()
    expect(width(history)).toBe(24)
    expect(history.redo()).toBe(false)
  })

  it('forgets what could be redone at the next recorded change, not at one that keeps it', () => {
    const history = new History(start)
    history.mark('a')
    setWidth(history, 20)
    history.undo()
    history.mark('b')
    history.apply(renameNode(history.document, 'stem-2', 'kept'), 'keep-redo')
    expect(history.redoLabel).toBe('a')
    history.redo()
    expect(width(history)).toBe(20)
    history.undo()
    setWidth(history, 30)
    expect(history.redoLabel).toBeUndefined()
  })

  it('leaves an ignored layout in place through undo and redo', () => {
    const history = new History(start)
    history.mark('Widen')
    setWidth(history, 20)
    history.apply(moveNodes(history.document, { 'stem-1': { x: 7, y: 8 } }), 'ignore')
    history.undo()
    expect(history.document.records['stem-1']).toMatchObject({ position: { x: 7, y: 8 }, parameters: { channels: 16 } })
    history.redo()
    expect(history.document.records['stem-1']).toMatchObject({ position: { x: 7, y: 8 }, parameters: { channels: 20 } })
    expect(() => history.apply(removeNodes(history.document, ['stem-1']), 'ignore')).toThrow(/cannot be left out/)
  })

  it('makes one step of a drag, and none of one that is cancelled', () => {
    const history = new History(start)
    const drag = history.mark('Drag')
    for (let value = 17; value < 30; value++) {
      history.mark('Drag on')
      setWidth(history, value)
    }
    history.squashToMark(drag)
    expect(history.undoLabel).toBe('Drag')
    const cancelled = history.mark('Cancelled')
    setWidth(history, 99)
    history.bailToMark(cancelled)
    expect(width(history)).toBe(29)
    expect(history.redoLabel).toBeUndefined()
    history.undo()
    expect(history.document).toEqual(start)
    expect(() => history.squashToMark(drag)).toThrow(/not in the history/)
  })

  it('keeps no more steps than its limit', () => {
    const history = new History(start, { limit: 3 })
    for (let value = 20; value < 30; value++) {
      history.mark(`to ${value}`)
      setWidth(history, value)
    }
    let undone = 0
    while (history.undo()) undone++
    expect([undone, width(history)]).toEqual([3, 26])
  })

  it('walks through the same documents as a list of copies, also after a trip through JSON', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = createRandom(seed)
        let history = new History(randomDocument(random, 8, BUILT_IN_BLOCKS))
        const copies = [JSON.stringify(history.document.records)]
        let place = 0
        for (let i = 0; i < 40; i++) {
          const action = random.integer(4)
          if (action === 0) {
            expect(history.undo()).toBe(place > 0)
            place = Math.max(0, place - 1)
          } else if (action === 1) {
            expect(history.redo()).toBe(place < copies.length - 1)
            place = Math.min(copies.length - 1, place + 1)
          } else {
            const diff = randomEdit(history.document, random, BUILT_IN_BLOCKS)
            history.mark(`edit ${i}`)
            history.apply(diff)
            if (!isEmptyDiff(diff)) {
              copies.splice(++place, Infinity, JSON.stringify(history.document.records))
            }
          }
          expect(history.document.records).toEqual(JSON.parse(copies[place]!))
          if (random.chance(0.2)) history = History.restore(JSON.parse(JSON.stringify(history.state())))
        }
      }),
      { seed: 5, numRuns: 100 },
    )
  })
})
