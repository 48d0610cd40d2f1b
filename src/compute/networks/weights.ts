// Named float32 arrays: how weights leave a session, lie in a file and enter an exporter. No tensors here.

export interface NamedArray {
  /** `nodeId/kernel`, `nodeId/moving-mean`, ... */
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** A network's parameters and statistics by name. */
export type Weights = ReadonlyMap<string, NamedArray>

export function weightsFrom(arrays: Iterable<NamedArray>): Weights {
  return new Map([...arrays].map((array) => [array.name, array]))
}
