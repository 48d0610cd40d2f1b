// What Ctrl-C does to work that the same command goes on with: once, it is let come to a place where it can be left; twice, it is left.
import type { CommandContext } from './command'
import { EXIT } from './output'

/**
 * @param work gives the exit code
 * @returns it, or `interrupted` where the work was broken off
 */
export async function breakOffOnInterrupt(
  { output }: Pick<CommandContext, 'output'>,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const breaking = new AbortController()
  const interrupt = (): void => {
    if (breaking.signal.aborted) process.exit(EXIT.interrupted)
    output.note('Stopping: what is being trained reaches its checkpoint. The same command goes on from there.')
    breaking.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    return await work(breaking.signal)
  } catch (thrown) {
    if (!breaking.signal.aborted) throw thrown
    return EXIT.interrupted
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}
