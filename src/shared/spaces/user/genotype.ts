// The JSON form of an architecture in a user-defined space: the space's name and the key of its choices.
import { z } from 'zod'
import { parseGenotype, refusedGenotype } from '../genotype'
import { isRead, type KeyCodec } from './key'

export type UserGenotype = {
  /** Name of the space file. */
  readonly space: string
  /** Choice indices as in the key column of a table. */
  readonly choices: string
}

const userGenotypeSchema = z.object({ space: z.string(), choices: z.string().max(2000) })
const FIX = 'Give "space" and "choices": the index of the choice at every position.'

/** @throws AppError `invalid-architecture` naming the place. */
export function parseUserGenotype(json: unknown, space: string, keys: KeyCodec): UserGenotype {
  const genotype = parseGenotype(json, { schema: userGenotypeSchema, title: space, fix: FIX })
  if (genotype.space !== space)
    throw refusedGenotype(space, `space: expected "${space}", received "${genotype.space}"`, FIX)
  const read = keys.read(genotype.choices)
  if (!isRead(read)) throw refusedGenotype(space, `choices: ${read.reason}`, FIX)
  return genotype
}
