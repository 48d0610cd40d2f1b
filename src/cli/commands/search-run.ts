// Finds the run a person means: by number, by id, or the latest when nothing is said.
import type { EngineContract } from '@shared/contract'
import { AppError } from '@shared/errors'
import type { Run } from '@shared/search/run'
import type { Client } from '@shared/transport/rpc'
import { typed } from '@node/command-line'

/** @throws AppError `not-found` naming what there is */
export async function findRun(client: Client<EngineContract>, wanted: string | undefined): Promise<Run> {
  const runs = await client.searches.list()
  const latest = [...runs].sort((first, second) => second.number - first.number)[0]
  if (!latest)
    throw new AppError(
      'not-found',
      'This workspace holds no run yet.',
      `Start one with "${typed('search start --sample')}".`,
    )
  if (wanted === undefined) return latest
  const found = runs.find((run) => run.id === wanted || String(run.number) === wanted)
  if (!found)
    throw new AppError(
      'not-found',
      `No run "${wanted}" in this workspace; there are ${runs.map((run) => run.number).join(', ')}.`,
      `List them with "${typed('search list')}".`,
    )
  return found
}
