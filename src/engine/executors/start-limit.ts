// How long a compute may take to say its first word, and how its death is told from a fault of its answer.
import { AppError } from '@shared/errors'
import { endedText } from '@shared/runtime/process-end'
import type { StartedProcess } from './process-starter'

/** A compute loads TensorFlow and answers `info` within this; a cold disk needs several seconds. */
const START_LIMIT_MS = 120_000
/** Between a port closing and the exit of its process lie milliseconds; this is ample. */
const EXIT_GRACE_MS = 1_000

const after = (ms: number): Promise<'late'> => new Promise((resolve) => setTimeout(() => resolve('late'), ms))

/** The exit code of a process whose port has just closed; `late` when it lives on. */
export const exitSoon = (process: StartedProcess): Promise<number | null | 'late'> =>
  Promise.race([process.exited, after(EXIT_GRACE_MS)])

/** @throws AppError `runtime-missing` when the process does not answer in time; it is then killed. */
export async function withinStartLimit<T>(answer: Promise<T>, process: StartedProcess): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      process.kill()
      reject(
        new AppError(
          'runtime-missing',
          `A compute did not answer within ${START_LIMIT_MS / 1000} s of its start.`,
          'Run "gpt-nas doctor".',
        ),
      )
    }, START_LIMIT_MS)
  })
  const death = (code: number | null): AppError =>
    new AppError('compute-died', `A compute ${endedText(code)} while it started.`, 'Run "gpt-nas doctor".')
  const died = process.exited.then((code): never => {
    throw death(code)
  })
  const told = answer.catch(async (thrown: unknown): Promise<never> => {
    if (thrown instanceof AppError) throw thrown
    // A closing port rejects the question before the exit is known: a program that is not there looks like a fault of ours.
    const code = await exitSoon(process)
    throw code === 'late' ? thrown : death(code)
  })
  try {
    return await Promise.race([told, limit, died])
  } finally {
    clearTimeout(timer)
  }
}
