// Serves a router to whoever started this process, and ends with the port: an orphan must not keep a device busy.
import type { AnyRouter } from '@orpc/server'
import { portToParent } from '@shared/transport/parent-port'
import { serveRouter } from '@shared/transport/rpc'

/** Bugs go to standard error, which the starter keeps for the reason of a death. */
function report(thrown: unknown): void {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`)
}

export async function serveParent(router: AnyRouter): Promise<void> {
  const port = await portToParent(process)
  port.onClose(() => process.exit(0))
  serveRouter(router, port, report)
}
