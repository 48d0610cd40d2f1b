// Imported networks as commands name them: by the number of an import, or by a file that is imported now.
import type { ImportFacts, NetworkImport } from '@shared/contract/imports'
import { AppError } from '@shared/errors'
import { scalingText } from '@shared/exchange/imported/scaling'
import { quoted } from '@shared/quoted'
import { typed } from '@node/command-line'
import { absolutePlace } from '@node/safe-target'
import type { CommandContext } from './command'

const isNumber = (words: string): boolean => /^\d{1,15}$/.test(words)

/** @param source number of an import, or a file @throws AppError `not-found`, those of the import */
export async function importOf({ client, output }: CommandContext, source: string): Promise<NetworkImport> {
  if (isNumber(source)) return (await client.imports.load({ id: Number(source) })).import
  const made = await client.imports.create({ path: absolutePlace(source, 'file'), partial: true })
  // Whoever trains on from a file should hear what was assumed of it.
  for (const note of made.facts.notes) output.note(note)
  return made
}

/** The hash of the values to begin with. @throws AppError `not-found` where the file has none */
export async function weightsOf(context: CommandContext, source: string): Promise<string> {
  const { id, name, facts, weightsSha256 } = await importOf(context, source)
  if (weightsSha256 !== null) return weightsSha256
  throw new AppError(
    'not-found',
    `${quoted(name)}, import ${id}, is ${facts.title} without values.`,
    `List what was imported with "${typed('imports')}".`,
  )
}

/** What was read and what is missing, line by line. */
export function factsText({
  title,
  file,
  producer,
  layers,
  parameters,
  classes,
  hasValues,
  missing,
  notes,
  scaling,
  mean,
  deviation,
}: ImportFacts): string[] {
  const values = !hasValues
    ? 'without values'
    : missing.length === 0
      ? 'with all their values'
      : `without the values of ${missing.length} of them (${missing.slice(0, 5).map(quoted).join(', ')})`
  return [
    `${file} is ${title}${producer === null ? '' : `, written by ${quoted(producer).slice(1, -1)}`}: ${layers} layers ${values}, ${parameters.toLocaleString('en')} parameters, ${classes} classes.`,
    ...(scaling === 'given' ? [`Its pixels are scaled as was said: ${scalingText({ mean, deviation })}.`] : []),
    ...notes,
  ]
}
