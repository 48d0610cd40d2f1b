// Questions that come faster than answers: only the newest is worth asking.

/**
 * Asks `ask` one question at a time. A newer question replaces one that still waits, whose answer is then undefined: edits
 * may come faster than layouts of a large graph.
 */
export function latestOnly<Q extends readonly unknown[], A>(
  ask: (...question: Q) => Promise<A>,
): (...question: Q) => Promise<A | undefined> {
  let running: Promise<unknown> = Promise.resolve()
  let newest = 0
  return (...question) => {
    const mine = ++newest
    const answer = running.then(() => (mine === newest ? ask(...question) : undefined))
    running = answer.catch(() => undefined)
    return answer
  }
}
