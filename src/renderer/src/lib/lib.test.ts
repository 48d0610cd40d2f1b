import { describe, expect, it } from 'vitest'
import { sampleRun } from '@/testing/samples'
import type { Command } from '@/stores/commands.store'
import { chainBlocks } from './chain-genotype'
import { findCommands } from '@/stores/find-commands'
import { runProgress } from '@shared/search/progress'

describe('run progress', () => {
  it('counts failed trials as done and survives a run without a plan', () => {
    const counts = { waiting: 0, running: 0, finished: 6, failed: 3, planned: 12, repeats: 2 }
    expect(runProgress(sampleRun({ counts }))).toBe(0.75)
    expect(runProgress(sampleRun({ counts: { ...counts, planned: 0 } }))).toBe(0)
  })

  it('is that of the budget nearest its end, and whole once the run is finished', () => {
    const counts = { waiting: 0, running: 0, finished: 3, failed: 0, planned: 12, repeats: 2 }
    const definition = { ...sampleRun().definition, maxEpochs: 60, maxSeconds: 1000 }
    expect(runProgress(sampleRun({ counts, definition, epochs: 30, seconds: 100 }))).toBe(0.5)
    expect(runProgress(sampleRun({ counts, definition, epochs: 30, seconds: 800 }))).toBe(0.8)
    expect(runProgress(sampleRun({ counts, state: 'finished', end: 'space' }))).toBe(1)
  })
})

describe('palette search', () => {
  const command = (id: string, changes: Partial<Command> = {}): Command => ({
    id,
    title: id,
    group: 'Go to',
    run: () => undefined,
    ...changes,
  })
  const commands = [
    command('Open data'),
    command('Data report'),
    command('Pause', { isEnabled: () => false }),
    command('Theme', { words: 'dark' }),
  ]

  it('needs every word, puts what starts with the query first and leaves out what cannot run', () => {
    expect(findCommands(commands, 'data', 9).map(({ id }) => id)).toEqual(['Data report', 'Open data'])
    expect(findCommands(commands, 'dark the', 9).map(({ id }) => id)).toEqual(['Theme'])
    expect(findCommands(commands, 'pause', 9)).toEqual([])
    expect(findCommands(commands, '', 2)).toHaveLength(2)
  })
})

describe('reading trials', () => {
  it('reads chain blocks and takes anything else for no chain', () => {
    expect(chainBlocks({ blocks: [{ block: 'a', width: 2, stride: 1 }] })).toEqual([
      { block: 'a', width: 2, stride: 1 },
    ])
    expect(chainBlocks({ operations: [1] })).toEqual([])
    expect(chainBlocks(undefined)).toEqual([])
  })
})
