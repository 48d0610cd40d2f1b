import type { Entries, Program, ProgramDefinition } from './program'

/**
 * Records every entry once and loads the recording into a session.
 * Each entry runs eagerly one time while it is recorded; the variables' values are the same before and after.
 * @throws AppError internal, naming the op, when an entry uses a tensor or a random number made on the host
 */
export declare function record<E extends Entries>(definition: ProgramDefinition<E>): Program<E>
