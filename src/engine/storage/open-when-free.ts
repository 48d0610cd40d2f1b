// Opens a workspace that a killed program may still seem to hold: waits until the holder shows a sign of life (then the
// workspace opens read-only) or its lease has gone stale (then it is taken over). Without this, starting again right
// after a crash would be read-only for the whole session.
import { delay } from '@node/waiting'
import { STALE_MS } from './lease'
import { openStore, type Store } from './store'

const POLL_MS = 200

/** @throws AppError as `openStore` does. Takes at most a little longer than the lease's staleness. */
export async function openStoreWhenFree(root: string): Promise<Store> {
  const store = openStore(root)
  if (!store.readOnly) return store
  const seen = await heartbeat(store)
  const until = Date.now() + STALE_MS + 2 * POLL_MS
  while (Date.now() < until) {
    await delay(POLL_MS)
    if ((await heartbeat(store)) !== seen) return store
  }
  await store.close()
  return openStore(root)
}

/** Milliseconds since the epoch of the holder's last beat; undefined once it has let go. */
async function heartbeat({ db }: Store): Promise<number | undefined> {
  return (await db.selectFrom('lease').select('heartbeat_ms').executeTakeFirst())?.heartbeat_ms
}
