import { expect, it } from 'vitest'
import { required } from './required'

const table = new Map([['a', 0]])

it('gives what the table holds, also when it is falsy', () => {
  expect(required(table, 'a', 'shape')).toBe(0)
})

it('says what is missing and where', () => {
  expect(() => required(table, 'b', 'shape')).toThrow(new RangeError('There is no shape under b'))
})
