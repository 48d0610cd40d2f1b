// What a command says of a failure, asked for or not: the reason and the remedy, never the name of a class.
import { expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { failureText } from './output'

it('tells what happened and what to do, a line each', () => {
  const full = new AppError('storage-failed', 'The disk is full.', 'Free some space.', {
    commandLine: 'Or --workspace.',
  })
  expect(failureText(full)).toBe('Error: The disk is full.\nFree some space.\nOr --workspace.\n')
  expect(failureText(new Error('odd'))).toBe('Error: odd\n')
})
