// The JSON of an architecture inside its space, as contracts and tables carry it, and how each space reads its own form.
import { z } from 'zod'
import { AppError } from '../errors'
import { firstIssue } from '../first-issue'

/** Of any space; only the space itself knows what is in it. */
export const genotypeSchema = z.record(z.string(), z.unknown())

/** How a space reads its genotypes. */
export interface GenotypeForm<T> {
  readonly schema: z.ZodType<T>
  /** What messages begin with: the space as people know it. */
  readonly title: string
  /** What to write instead. */
  readonly fix: string
}

/** @throws AppError `invalid-architecture` naming the place and what was expected there */
export function parseGenotype<T>(json: unknown, { schema, title, fix }: GenotypeForm<T>): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw refusedGenotype(title, firstIssue(parsed.error, 'the genotype'), fix)
}

/** For what a schema alone does not see. */
export function refusedGenotype(title: string, reason: string, fix?: string): AppError {
  return new AppError('invalid-architecture', `${title} genotype: ${reason}`, fix)
}
