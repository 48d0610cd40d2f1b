// How long a process that loads TensorFlow may take until it has answered, and what is thrown when it has not. A card that is newer than
// the build first has its kernels compiled by the driver, which no process may be ended for.

/** Loading TensorFlow from a cold disk and a few hundred tiny kernels: seconds; a hung kernel spins for ever. */
export const PROCESSOR_LIMIT_MS = 120_000
/** Compiling from PTX "could take 30 minutes or longer", TensorFlow says itself (gpu_device.cc); half as much again. */
export const CARD_LIMIT_MS = 45 * 60_000

/** Whether an environment shows a process a card (device-plan's deviceEnvironment). */
export function showsCard(env: Readonly<Record<string, string>>): boolean {
  const visible = env['CUDA_VISIBLE_DEVICES'] ?? ''
  return visible !== '' && visible !== '-1'
}

/** Milliseconds until a process with this environment must have answered. */
export const answerLimitMs = (env: Readonly<Record<string, string>>): number =>
  showsCard(env) ? CARD_LIMIT_MS : PROCESSOR_LIMIT_MS

/** No answer in time: nothing is known of what was asked, unlike after a death or a wrong answer. */
export class LateError extends Error {
  override readonly name = 'LateError'

  constructor(limitMs: number) {
    super(`no answer within ${limitMs < 600_000 ? `${limitMs / 1000} s` : `${Math.round(limitMs / 60_000)} minutes`}`)
  }
}

/** Whether an error comes of lateness alone. */
export const isLate = (thrown: unknown): boolean =>
  thrown instanceof LateError || (thrown instanceof Error && thrown.cause instanceof LateError)
