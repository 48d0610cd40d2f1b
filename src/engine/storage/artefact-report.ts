// What the artefacts of a workspace come to, without changing anything: for the doctor.
import { stat } from 'node:fs/promises'
import type { Store } from './store'

export interface ArtefactReport {
  readonly files: number
  readonly bytes: number
  /** Hashes of contents that something needs and whose file is missing or has another size. */
  readonly damaged: readonly string[]
  /** Contents that nothing needs any more; they go with the next collection. */
  readonly unneeded: number
}

/** Looks at sizes, not at content: that is `sha256OfFile`'s, and takes a while. */
export async function inspectArtefacts({ db }: Store, place: (sha256: string) => string): Promise<ArtefactReport> {
  const rows = await db.selectFrom('artefacts').select(['sha256', 'size_bytes']).execute()
  const references = await db.selectFrom('artefact_references').select('sha256').distinct().execute()
  const needed = new Set(references.map(({ sha256 }) => sha256))
  const damaged: string[] = []
  for (const { sha256, size_bytes } of rows) {
    if (!needed.has(sha256)) continue
    const info = await stat(place(sha256)).catch(() => undefined)
    if (info?.size !== size_bytes) damaged.push(sha256)
  }
  return {
    files: rows.length,
    bytes: rows.reduce((sum, row) => sum + row.size_bytes, 0),
    damaged,
    unneeded: rows.length - needed.size,
  }
}
