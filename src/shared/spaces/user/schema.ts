// What a run says of a user's space: the content of its file and of its table, never their places. Files change; what a run
// searched may not.
import { z } from 'zod'
import { spaceFileSchema } from './space-file'

export const userSpaceSchema = z.object({
  kind: z.literal('user'),
  /** The space file, as docs/spaces.md describes it. */
  file: spaceFileSchema,
  /** Text of the CSV file that `file.table` names; null where it names none. */
  table: z.string().max(50_000_000).nullable().default(null),
})
export type UserSpaceDefinition = z.infer<typeof userSpaceSchema>
