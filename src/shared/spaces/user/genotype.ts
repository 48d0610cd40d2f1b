// The JSON form of an architecture in a user-defined space: the space's name and the key of its choices.
import { z } from 'zod'
import { AppError } from '../../errors'
import { isRead, type KeyCodec } from './key'

export type UserGenotype = {
  /** Name of the space file. */
  readonly space: string
  /** Choice indices as in the key column of a table. */
  readonly choices: string
}

const genotypeSchema = z.object({ space: z.string(), choices: z.string().max(2000) })

/** @throws AppError `invalid-architecture` naming the place. */
export function parseUserGenotype(json: unknown, space: string, keys: KeyCodec): UserGenotype {
  const fail = (reason: string): AppError =>
    new AppError(
      'invalid-architecture',
      `${space} genotype: ${reason}`,
      'Give "space" and "choices": the index of the choice at every position.',
    )
  const parsed = genotypeSchema.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const place = issue === undefined || issue.path.length === 0 ? 'the genotype' : issue.path.join('.')
    throw fail(`${place}: ${issue?.message ?? 'invalid'}`)
  }
  if (parsed.data.space !== space) throw fail(`space: expected "${space}", received "${parsed.data.space}"`)
  const read = keys.read(parsed.data.choices)
  if (!isRead(read)) throw fail(`choices: ${read.reason}`)
  return parsed.data
}
