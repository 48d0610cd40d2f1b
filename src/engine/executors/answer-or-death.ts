// How the death of a process is told from a fault of its answer, and how long a compute may take to say its first word.
import { AppError } from '@shared/errors'
import { endedText } from '@shared/runtime/process-end'
import { typed } from '@node/command-line'
import { within } from '@node/waiting'
import type { StartedProcess } from './process-starter'
import { answerLimitMs, LateError } from './time-limits'

/** Between a port closing and the exit of its process lie milliseconds; this is ample. */
const EXIT_GRACE_MS = 1_000

/** The exit code of a process whose port has just closed; `late` when it lives on. */
export const exitSoon = (process: StartedProcess): Promise<number | null | 'late'> =>
  within(EXIT_GRACE_MS, process.exited, () => 'late' as const)

/**
 * What a process answers. Where it dies instead, its death is what is thrown: a closing port rejects the question before the exit
 * is known, and that would look like a fault of ours.
 * @param death makes the error of an exit code
 */
export async function answerOrDeath<T>(
  answer: Promise<T>,
  process: StartedProcess,
  death: (code: number | null) => Error,
): Promise<T> {
  const died = process.exited.then((code): never => {
    throw death(code)
  })
  const told = answer.catch(async (thrown: unknown): Promise<never> => {
    if (thrown instanceof AppError) throw thrown
    const code = await exitSoon(process)
    throw code === 'late' ? thrown : death(code)
  })
  return Promise.race([told, died])
}

/**
 * @param env the process was started with
 * @throws AppError `runtime-missing` when the process does not answer in time; it is then killed.
 */
export function withinStartLimit<T>(
  answer: Promise<T>,
  process: StartedProcess,
  env: Readonly<Record<string, string>>,
): Promise<T> {
  const limitMs = answerLimitMs(env)
  const death = (code: number | null): AppError =>
    new AppError('compute-died', `A compute ${endedText(code)} while it started.`, `Run "${typed('doctor')}".`)
  return within(limitMs, answerOrDeath(answer, process, death), () => {
    process.kill()
    const late = new LateError(limitMs)
    throw new AppError('runtime-missing', `A compute gave ${late.message} of its start.`, `Run "${typed('doctor')}".`, {
      cause: late,
    })
  })
}
