// What the artefacts of a workspace come to, without changing anything: for the doctor, and for who finds a workspace without runs.
import { readdir } from 'node:fs/promises'
import { allAside } from './aside'
import { countRuns } from './runs'
import type { Store } from './store'

export interface ArtefactReport {
  readonly files: number
  readonly bytes: number
  /** Hashes of contents that something needs and whose file is missing or has another content. */
  readonly damaged: readonly string[]
  /** Contents that nothing needs any more; they go with the next collection. */
  readonly unneeded: number
}

/** @param isWhole reads a content, which takes a while the first time */
export async function inspectArtefacts(
  { db }: Store,
  isWhole: (sha256: string) => Promise<boolean>,
): Promise<ArtefactReport> {
  const rows = await db.selectFrom('artefacts').select(['sha256', 'size_bytes']).execute()
  const references = await db.selectFrom('artefact_references').select('sha256').distinct().execute()
  const needed = new Set(references.map(({ sha256 }) => sha256))
  const damaged: string[] = []
  for (const { sha256 } of rows) if (needed.has(sha256) && !(await isWhole(sha256))) damaged.push(sha256)
  return {
    files: rows.length,
    bytes: rows.reduce((sum, row) => sum + row.size_bytes, 0),
    damaged,
    unneeded: rows.length - needed.size,
  }
}

/** Contents and checkpoints, in their places or put aside, that a database without runs cannot know; 0 where there are runs. */
export async function strayContents({ db, folders }: Store): Promise<number> {
  if ((await countRuns(db)) > 0) return 0
  const contents = (await readdir(folders.artefacts, { recursive: true })).filter((name) => /[0-9a-f]{64}$/.test(name))
  const aside = await Promise.all(['artefacts', 'checkpoints'].map((kind) => allAside(folders, kind)))
  return contents.length + (await readdir(folders.checkpoints)).length + aside.flat().length
}
