// How a compute's device is called, before it has started (by its plan) and after (by itself): the same words, so that slots
// of one kind read alike.

/** @param threads processor threads of the compute */
export function processorTitle(model: string, threads: number): string {
  return `CPU ${model}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}
