import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { COMMANDS, commandsFor } from './registry'

async function namesFor(...words: string[]): Promise<string[]> {
  const program = new Command('gpt-nas')
  for (const define of await commandsFor(words)) define(program)
  return program.commands.map((command) => command.name())
}

describe('the commands of the command line', () => {
  it.each(Object.keys(COMMANDS))('"%s" is loaded alone, and is called so', async (name) => {
    expect(await namesFor(name, '--help')).toEqual([name])
  })

  it.each([[], ['--help'], ['help', 'search'], ['serach', 'list'], ['constructor']])(
    '%j shows them all',
    async (...words) => {
      expect(await namesFor(...words)).toEqual(Object.keys(COMMANDS))
    },
  )
})
