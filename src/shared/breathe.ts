// Long computations let others have their turn: the engine answers, and its heartbeat is heard, while one goes on. What a turn is
// only the caller knows, because a pure function has no event loop; left out, nothing is waited for.

/** Awaited between steps of some ten milliseconds. May throw, which ends the computation. */
export type Breathe = () => Promise<void>
