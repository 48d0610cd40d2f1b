// Serves a router to whoever started this process, and ends with the port: an orphan must not keep a device busy.
import { constants, setPriority } from 'node:os'
import type { AnyRouter } from '@orpc/server'
import { portToParent } from '@shared/transport/parent-port'
import { serveRouter } from '@shared/transport/rpc'
import { faultText, surviveUnhandledRejections } from '@node/unhandled'

/** Bugs go to standard error, which the starter keeps for the reason of a death. */
function report(thrown: unknown): void {
  process.stderr.write(`${faultText(thrown)}\n`)
}

/**
 * Whatever else runs on the machine goes first (docs/rules.md#the-window-goes-first). Done by the process itself and
 * before TensorFlow is loaded: on Linux a priority belongs to a thread and is handed on to the threads that it starts.
 */
function lowerPriority(): void {
  try {
    setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    return // not allowed here: training works all the same
  }
}

/** Serves `router` at low priority until the port closes. */
export async function serveParent(router: AnyRouter): Promise<void> {
  lowerPriority()
  surviveUnhandledRejections(report)
  const port = await portToParent(process)
  port.onClose(() => process.exit(0))
  serveRouter(router, port, report)
}
