// Allows a program that the person has named: on the command line, or in the file named there (decision 107).
import { commandOf } from '@shared/evaluators/command'
import type { RunDefinition } from '@shared/search/run'
import type { CommandContext } from './command'

/** What a person names on the command line or in the file that they name there, they allow. */
export async function allowCommand({ client }: CommandContext, { evaluator }: RunDefinition): Promise<void> {
  if (evaluator.kind === 'command') await client.searches.allowCommand(commandOf(evaluator))
}
