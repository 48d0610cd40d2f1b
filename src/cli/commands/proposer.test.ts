// Settings of a training as they are typed, and the command that repeats one.
import { describe, expect, it } from 'vitest'
import { proposerTrainingSchema } from '@shared/contract/proposer'
import { commandFor, readTraining } from './proposer'

describe('gpt-nas proposer train', () => {
  it('takes the defaults where nothing is typed', () => {
    expect(readTraining({ out: 'x', json: true })).toEqual(proposerTrainingSchema.parse({}))
  })

  it('reads numbers, names and "all"', () => {
    expect(readTraining({ cells: 'all', chains: '70', learningRate: '1e-4', name: 'mine', seed: '-3' })).toMatchObject({
      cells: null,
      chains: 70,
      learningRate: 1e-4,
      name: 'mine',
      seed: -3,
    })
  })

  it('names every option that is out of range by its flag', () => {
    const read = (): unknown => readTraining({ cellEpochs: '0', chains: 'many', name: 'With Spaces' })
    expect(read).toThrow(/--cell-epochs/)
    expect(read).toThrow(/--chains/)
    expect(read).toThrow(/--name: lower-case letters/)
    expect(() => readTraining({ preset: 'huge' })).toThrow(/--preset/)
  })

  it('writes a command that means the same settings', () => {
    const training = readTraining({ cells: 'all', heldOut: '0.1', name: 'mine' })
    const command = commandFor(training, 'folder')
    expect(command.startsWith('gpt-nas proposer train --preset paper --out folder ')).toBe(true)
    const typed = Object.fromEntries(
      [...command.matchAll(/--([a-z-]+) (\S+)/g)].map(([, flag, value]) => [
        flag!.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
    )
    expect(readTraining(typed)).toEqual(training)
  })
})
