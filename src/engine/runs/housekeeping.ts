// What is done once a session before the first run goes: today's copy of the database, then the removal of what nobody needs.
// Commands that only read never come here, so a look at a workspace changes nothing in it.
import type { Artefacts } from '../storage/artefacts'
import { backUpDaily } from '../storage/backups'
import type { Store } from '../storage/store'
import { dropStaleCheckpoints } from './stale-checkpoints'

/**
 * @param report receives what could not be done: a search may go on without it
 * @returns does it at the first call; later calls wait for that one
 */
export function createHousekeeping(
  store: Store,
  artefacts: Artefacts,
  report: (thrown: unknown) => void,
): () => Promise<void> {
  let tidying: Promise<void> | undefined
  const tidy = async (): Promise<void> => {
    try {
      await backUpDaily(store)
      await artefacts.collect()
      await dropStaleCheckpoints(store)
    } catch (thrown) {
      report(thrown)
    }
  }
  return () => (tidying ??= tidy())
}
