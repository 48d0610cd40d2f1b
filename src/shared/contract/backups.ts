// Copies of a workspace's database, and putting one back: part of the runtime service, and all that is served of the contract where
// the database cannot be opened.
import { oc } from '@orpc/contract'
import { z } from 'zod'

export const backupSchema = z.object({
  /** Of the file in the backups folder: what `restore` is given. */
  name: z.string(),
  file: z.string(),
  sizeBytes: z.number(),
  /** ISO 8601, when it was made. */
  at: z.string(),
  /** What it holds; null where it cannot be read. */
  runs: z.number().int().nullable(),
  trials: z.number().int().nullable(),
})
export type Backup = z.infer<typeof backupSchema>

export const backupsContract = {
  /** Newest first. */
  backups: oc.output(z.array(backupSchema)),
  /**
   * Puts a copy in the place of the database, which moves into the backups folder, and starts the engine again.
   * @throws not-found, conflict while a run goes, read-only, invalid-input for a copy that is damaged
   */
  restore: oc.input(z.object({ name: z.string().min(1) })).output(z.object({ replaced: z.string().nullable() })),
}
