// One question to a process that may die of it: started for the question, ended after it, with a limit on its time.
import type { SelfCheckContract } from '@shared/contract/self-check'
import { createClient, type Client } from '@shared/transport/rpc'
import { endedText } from '@shared/runtime/process-end'
import { within } from '@node/waiting'
import { answerOrDeath } from './answer-or-death'
import type { ProcessStarter } from './process-starter'

/** Loading TensorFlow from a cold disk and a few hundred tiny kernels: seconds; a hung kernel spins for ever. */
const LIMIT_MS = 120_000

/**
 * Asks a self-check process.
 * @param env the environment whose kernels or devices are in question
 * @param heard receives what it wrote to standard error, as far as that is read, once it has answered or died
 * @throws whatever went wrong: no start, a death, no answer in time
 */
export async function askInOwnProcess<T>(
  start: ProcessStarter,
  env: Readonly<Record<string, string>>,
  question: (client: Client<SelfCheckContract>) => Promise<T>,
  heard: (errors: string) => void = () => undefined,
): Promise<T> {
  const process = await start('self-check', env)
  const client = createClient<SelfCheckContract>(process.port)
  const death = (code: number | null): Error => new Error(`the check ${endedText(code)}`)
  try {
    return await within(LIMIT_MS, answerOrDeath(question(client), process, death), () => {
      throw new Error(`no answer within ${LIMIT_MS / 1000} s`)
    })
  } finally {
    heard(process.errors?.() ?? '')
    process.kill()
  }
}
