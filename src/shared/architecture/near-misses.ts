// Names that someone may have meant: by edit distance and shared words. Only for messages.

/** Levenshtein distance of two short names, row by row. */
function editDistance(first: string, second: string): number {
  let previous = Array.from({ length: second.length + 1 }, (_, column) => column)
  for (let row = 1; row <= first.length; row++) {
    const current = [row]
    for (let column = 1; column <= second.length; column++) {
      const change = previous[column - 1]! + (first[row - 1] === second[column - 1] ? 0 : 1)
      current.push(Math.min(change, previous[column]! + 1, current[column - 1]! + 1))
    }
    previous = current
  }
  return previous[second.length]!
}

/** Longer names are compared by their parts alone: a distance takes the product of two lengths. */
const LONGEST_COMPARED = 40

/** At most three of `known`, nearest first: those within a third of the name's length, or that contain it or are contained. */
export function nearMisses(name: string, known: Iterable<string>): string[] {
  const wanted = name.toLowerCase().replace(/[_\s]+/g, '-')
  const scored: { name: string; distance: number }[] = []
  for (const candidate of known) {
    const isShort = Math.max(wanted.length, candidate.length) <= LONGEST_COMPARED
    const distance = isShort ? editDistance(wanted, candidate) : Math.abs(wanted.length - candidate.length)
    const isPart = wanted.length > 2 && (candidate.includes(wanted) || wanted.includes(candidate))
    if (isPart || (isShort && distance <= Math.ceil(wanted.length / 3))) scored.push({ name: candidate, distance })
  }
  return scored
    .sort((first, second) => first.distance - second.distance)
    .slice(0, 3)
    .map((candidate) => candidate.name)
}
