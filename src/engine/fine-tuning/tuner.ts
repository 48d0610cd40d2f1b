// Has a thread fine-tune, so that the engine answers meanwhile: a step holds a thread for some tenth of a second. The thread lives as
// long as one fine-tuning and is ended where that is cancelled.
import { Worker } from 'node:worker_threads'
import { AppError } from '@shared/errors'
import { refuseCancelled } from '@node/cancel'
import { builtThread } from '@node/built-thread'
import type { Tuned, TuningJob, TuningProgress } from './tune'
import type { TunerMessage } from './tuner-thread'

export type Tuner = (job: TuningJob, tell: (progress: TuningProgress) => void, signal: AbortSignal) => Promise<Tuned>

/**
 * @param program the built entry of tuner-thread.ts; left out, the one beside the engine
 * @returns rejects with AppError `cancelled`, what the thread refuses the job with, `internal` where it died
 */
export const threadTuner =
  (program?: string): Tuner =>
  async (job, tell, signal) => {
    refuseCancelled(signal)
    const worker = new Worker(program ?? builtThread('fine-tuning', 'program that fine-tunes'), { workerData: job })
    let cancel: (() => void) | undefined
    try {
      return await new Promise<Tuned>((resolve, reject) => {
        const died = (reason: string, cause?: unknown): void =>
          reject(
            new AppError('internal', `The fine-tuning ended: ${reason}. Nothing was written.`, 'Begin it again.', {
              cause,
            }),
          )
        cancel = (): void => reject(new AppError('cancelled', 'The fine-tuning was broken off.'))
        signal.addEventListener('abort', cancel, { once: true })
        worker.on('message', (message: TunerMessage) => {
          if (message.type === 'progress') tell(message.progress)
          else if (message.type === 'tuned') resolve(message.tuned)
          else {
            const { code, message: text, fix, commandLine } = message.error
            reject(new AppError(code, text, fix, commandLine === undefined ? {} : { commandLine }))
          }
        })
        worker.on('error', (thrown) => died(thrown.message, thrown))
        worker.on('exit', (code) => died(`code ${code}`))
      })
    } finally {
      if (cancel !== undefined) signal.removeEventListener('abort', cancel)
      // Over when it has ended: nothing of it computes on.
      await worker.terminate()
    }
  }
