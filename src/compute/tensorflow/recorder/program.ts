// What a recorded program is: variables, entry points and the values that go in and out. Types only.
import type { Tensor, Variable } from '../backend'
import type { TensorValues } from '../binding'

export interface FeedSpec {
  /** Fixed for the recording, batch included; `[]` is a scalar. */
  readonly shape: readonly number[]
  /** A recorded entry is fed bytes as they are; tfjs calls the tensor int32. */
  readonly dtype: 'float32' | 'int32' | 'uint8'
}

/** A typed array of the feed's size and type, or a number for a scalar. */
export type FeedValue = number | TensorValues

/**
 * One entry point: ordinary tfjs code over the variables and the fed tensors. It returns what to fetch and may assign
 * variables (`variable.assign(...)`, the optimizers, `updateVariables`).
 *
 * What a value made in JavaScript is, becomes a constant: so everything that changes from run to run is fed, random numbers
 * come from `kernels/random`, and nothing is read back (`dataSync`, tf.gather's index check) inside.
 */
export interface EntryDefinition {
  readonly feeds: Readonly<Record<string, FeedSpec>>
  // A method, so that an entry with a narrower parameter still is an EntryDefinition.
  run(feeds: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>
}

/** Fixes an entry's feeds to what its `run` receives. */
export function entry<F extends Readonly<Record<string, FeedSpec>>, R extends Readonly<Record<string, Tensor>>>(
  feeds: F,
  run: (feeds: { readonly [K in keyof F]: Tensor }) => R,
): { readonly feeds: F; run(feeds: { readonly [K in keyof F]: Tensor }): R } {
  return { feeds, run }
}

export type Entries = Readonly<Record<string, EntryDefinition>>
export type FeedValues<E extends EntryDefinition> = { readonly [K in keyof E['feeds']]: FeedValue }
export type FetchedValues<E extends EntryDefinition> = { readonly [K in keyof ReturnType<E['run']>]: TensorValues }

export interface ProgramDefinition<E extends Entries> {
  /**
   * Everything that lives in the session between runs: weights, optimizer slots, statistics, resident data. Their values
   * at the time of recording are the session's first values. They stay the caller's: the program needs them again only
   * for `runEagerly`, so large resident data may be disposed after recording.
   */
  readonly variables: Readonly<Record<string, Variable>>
  readonly entries: E
}

export interface ProgramStatistics {
  readonly nodes: number
  readonly bytes: number
  readonly recordMs: number
}

/** A recording in a session of its own. Runs block the process: yield to the event loop between them. */
export interface Program<E extends Entries> {
  readonly statistics: ProgramStatistics
  /** @throws AppError invalid-input for a feed of the wrong size, out-of-memory when TensorFlow says so */
  run<K extends keyof E & string>(name: K, feeds: FeedValues<E[K]>): FetchedValues<E[K]>
  /** The same entry executed op by op on the tf.Variables themselves: the oracle. The session's values are not touched. */
  runEagerly<K extends keyof E & string>(name: K, feeds: FeedValues<E[K]>): FetchedValues<E[K]>
  /** Copies of the session's values by variable name; all variables by default. */
  readVariables(names?: readonly string[]): Map<string, TensorValues>
  /** Replaces values in the session; sizes and types must be the variables'. The arrays are copied. */
  writeVariables(values: ReadonlyMap<string, TensorValues>): void
  /** Frees the session and everything in it. Safe to call twice; any other call afterwards throws. */
  dispose(): void
}
