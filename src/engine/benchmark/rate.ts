// From what several computes told of their steps to one figure: steps a second, all together, over a span in which all were at
// work. Pure.

/** A compute had done so many steps at this time, in milliseconds. */
export interface Mark {
  readonly at: number
  readonly steps: number
}

/** Steps a compute had done at `at`, in a straight line between what it told. */
function stepsAt(marks: readonly Mark[], at: number): number {
  const next = marks.findIndex((mark) => mark.at >= at)
  if (next < 0) throw new RangeError(`no mark at or after ${at}`)
  const [before, after] = [marks[Math.max(0, next - 1)]!, marks[next]!]
  if (after.at === before.at) return after.steps
  return before.steps + ((after.steps - before.steps) * (at - before.at)) / (after.at - before.at)
}

/** From when on every compute has left its first steps behind; null while one has not. */
export function commonStart(all: readonly (readonly Mark[])[], firstSteps: number): number | null {
  const starts = all.map((marks) => marks.find(({ steps }) => steps >= firstSteps)?.at)
  return starts.includes(undefined) ? null : Math.max(...(starts as number[]))
}

/** Whether every compute has told of itself at or after `at`. */
export const allBeyond = (all: readonly (readonly Mark[])[], at: number): boolean =>
  all.every((marks) => (marks[marks.length - 1]?.at ?? -Infinity) >= at)

/** Steps a second of all together between two times that every compute's marks reach round. */
export function rateBetween(all: readonly (readonly Mark[])[], from: number, to: number): number {
  const steps = all.reduce((sum, marks) => sum + stepsAt(marks, to) - stepsAt(marks, from), 0)
  return steps / ((to - from) / 1000)
}
