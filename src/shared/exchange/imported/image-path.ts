// Which values of a file are the whole image: what is done to one of them is done before the network, and what is done to any other is done
// on one branch of it.

export interface Step {
  readonly inputs: readonly string[]
  /** Its first value. */
  readonly output: string | undefined
}

/**
 * @param start name of the image
 * @param outputs names of the values that the file gives
 * @returns names of values that exactly one step reads, once, where the same holds of all before them: whatever sees the image sees it through
 *   that step
 */
export function imagePath(start: string, steps: readonly Step[], outputs: readonly string[]): ReadonlySet<string> {
  const readers = new Map<string, Step | null>()
  for (const step of steps) for (const name of step.inputs) readers.set(name, readers.has(name) ? null : step)
  const given = new Set(outputs)
  const path = new Set<string>()
  for (let name: string | undefined = start; name !== undefined && !path.has(name) && !given.has(name);) {
    const reader = readers.get(name)
    if (reader === undefined || reader === null) break
    path.add(name)
    name = reader.output
  }
  return path
}
