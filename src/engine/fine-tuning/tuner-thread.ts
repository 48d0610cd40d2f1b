// Entry of the thread that fine-tunes: one job as its data, progress and the end as messages. It is ended where nobody wants it any more.
import { parentPort, workerData } from 'node:worker_threads'
import { AppError, type ErrorData } from '@shared/errors'
import { tune, type Tuned, type TuningJob, type TuningProgress } from './tune'

export type TunerMessage =
  | { readonly type: 'progress'; readonly progress: TuningProgress }
  | { readonly type: 'tuned'; readonly tuned: Tuned }
  | { readonly type: 'refused'; readonly error: ErrorData }

const tell = (message: TunerMessage): void => parentPort?.postMessage(message)

/** What else is thrown is a bug: it ends the thread, and the other side hears of it. */
async function work(): Promise<void> {
  try {
    const tuned = await tune(workerData as TuningJob, (progress) => tell({ type: 'progress', progress }))
    tell({ type: 'tuned', tuned })
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    tell({ type: 'refused', error: thrown.toData() })
  }
}

void work()
