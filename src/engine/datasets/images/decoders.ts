// Decoding off the event loop: a few worker threads, each with one batch at a time. Lives as long as one import. The decoders
// themselves, two megabytes of code, are loaded by those threads alone.
import { cpus } from 'node:os'
import { Worker } from 'node:worker_threads'
import { AppError } from '@shared/errors'
import { builtThread } from '@node/built-thread'
import type { Batch, Prepared } from './batch'
import type { ThreadAnswer, ThreadRequest } from './decoder-thread'
import type { DuplicatesFound, PrintedSplits } from './duplicates'

export interface Decoders {
  /** Batches that are worked on at once. */
  readonly size: number
  /** @throws AppError `internal` when a thread died; the import ends, the engine lives */
  prepare(batch: Batch): Promise<Prepared>
  compare(printed: PrintedSplits): Promise<DuplicatesFound>
  close(): Promise<void>
}

export type StartDecoders = () => Decoders

/** More threads than this wait for the disk, and each holds one decoded image. */
const MAX_THREADS = 4

/** @param program the built entry of decoder-thread.ts */
export function threadDecoders(program: string = builtThread('image-decoder', 'image decoder')): Decoders {
  const size = Math.max(1, Math.min(MAX_THREADS, cpus().length - 1))
  const threads = Array.from({ length: size }, () => startThread(program))
  let next = 0
  const ask = (request: WithoutId<ThreadRequest>): Promise<Prepared | DuplicatesFound> =>
    threads[next++ % size]!.ask(request)
  return {
    size,
    prepare: (batch) => ask({ batch }) as Promise<Prepared>,
    compare: (printed) => ask({ printed }) as Promise<DuplicatesFound>,
    close: async () => void (await Promise.all(threads.map((thread) => thread.close()))),
  }
}

type WithoutId<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never
type Waiting = {
  readonly resolve: (result: ThreadAnswer['result']) => void
  readonly reject: (reason: AppError) => void
}

function startThread(program: string) {
  const worker = new Worker(program)
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let failure: AppError | undefined
  const fail = (reason: string, cause?: unknown): void => {
    failure ??= new AppError(
      'internal',
      `An image decoder ended: ${reason}.`,
      'Import again; report it if it stays so.',
      {
        cause,
      },
    )
    for (const { reject } of waiting.values()) reject(failure)
    waiting.clear()
  }
  worker.on('message', ({ id, result }: ThreadAnswer) => {
    waiting.get(id)?.resolve(result)
    waiting.delete(id)
  })
  worker.on('error', (thrown) => fail(thrown.message, thrown))
  worker.on('exit', (code) => fail(`code ${code}`))
  return {
    ask: (request: WithoutId<ThreadRequest>): Promise<ThreadAnswer['result']> =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure)
        const id = ++lastId
        waiting.set(id, { resolve, reject })
        worker.postMessage({ id, ...request })
      }),
    close: () => worker.terminate(),
  }
}
