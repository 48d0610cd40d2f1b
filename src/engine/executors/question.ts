// One question to a process that may die of it: started for the question, ended after it, with a limit on its time.
import type { SelfCheckContract } from '@shared/contract/self-check'
import { AppError } from '@shared/errors'
import { createClient, type Client } from '@shared/transport/rpc'
import { endedText } from '@shared/runtime/process-end'
import { orAborted, refuseCancelled } from '@node/cancel'
import { within } from '@node/waiting'
import { answerOrDeath, exitSoon } from './answer-or-death'
import type { ProcessStarter } from './process-starter'
import { answerLimitMs, LateError } from './time-limits'

export interface QuestionOptions {
  /** Receives what it wrote to standard error, as far as that is read, once it has answered or died. */
  readonly heard?: (errors: string) => void
  /** Ends the process and the waiting. */
  readonly signal?: AbortSignal
  /** By what its environment shows it; shorter in tests. */
  readonly limitMs?: number
}

/**
 * Asks a self-check process. The process has gone, or does not go at all, when this settles.
 * @param env the environment whose kernels or devices are in question
 * @throws AppError `cancelled`, LateError where no answer came in time, otherwise whatever went wrong: no start, a death
 */
export async function askInOwnProcess<T>(
  start: ProcessStarter,
  env: Readonly<Record<string, string>>,
  question: (client: Client<SelfCheckContract>) => Promise<T>,
  { heard = () => undefined, signal, limitMs = answerLimitMs(env) }: QuestionOptions = {},
): Promise<T> {
  refuseCancelled(signal)
  const process = await start('self-check', env)
  const client = createClient<SelfCheckContract>(process.port)
  const death = (code: number | null): Error => new Error(`the check ${endedText(code)}`)
  try {
    const answer = answerOrDeath(question(client), process, death)
    return await within(limitMs, signal === undefined ? answer : orAborted(answer, signal), () => {
      throw new LateError(limitMs)
    })
  } catch (thrown) {
    // The closing port of a process that was ended for it looks like a fault.
    if (signal?.aborted === true)
      throw new AppError('cancelled', 'The check was cancelled.', undefined, { cause: thrown })
    throw thrown
  } finally {
    process.kill()
    // What it holds of a card is free for the next, and its last words have come.
    await exitSoon(process)
    heard(process.errors?.() ?? '')
  }
}
