// A command that waits for something that can no longer come: Node ends a process with an empty event loop and exit code 0,
// in the middle of an await. That must never look like success.
import type { Writable } from 'node:stream'
import { EXIT } from './output'

/** What of `process` is used here. */
export interface EndingProcess {
  exitCode?: number | string | null | undefined
  readonly stderr: Pick<Writable, 'write'>
  on(event: 'beforeExit', listener: () => void): unknown
  off(event: 'beforeExit', listener: () => void): unknown
}

/**
 * Waits for `work`; an event loop that runs dry first becomes exit code 1 with a message.
 * @throws what `work` rejects with
 */
export async function untilSettled(work: Promise<unknown>, ending: EndingProcess = process): Promise<void> {
  const drained = (): void => {
    ending.off('beforeExit', drained)
    ending.exitCode = EXIT.failed
    ending.stderr.write(
      'Error: The command ended before its work was done: it waited for an answer that can no longer come.\n' +
        'This is a fault of the program. What was stored is safe; run the command again, and please report what it printed.\n',
    )
  }
  ending.on('beforeExit', drained)
  try {
    await work
  } finally {
    ending.off('beforeExit', drained)
  }
}
