// Non-dominated sorting and crowding distance of NSGA-II (Deb, Pratap, Agarwal & Meyarivan 2002, sections III-A and III-B). Every
// objective is to be made larger; what is a cost comes with its sign turned (score.ts).

/** No worse in any objective and better in one. */
export function dominates(first: readonly number[], second: readonly number[]): boolean {
  let isBetter = false
  for (let i = 0; i < first.length; i++) {
    const [own, other] = [first[i] ?? NaN, second[i] ?? NaN]
    if (own < other) return false
    if (own > other) isBetter = true
  }
  return isBetter
}

/** Indices of the points that no other one dominates, ascending. Of equal points the first alone. */
export function frontOf(points: readonly (readonly number[])[]): number[] {
  const front: number[] = []
  points.forEach((point, index) => {
    const isBeaten = front.some((other) => {
      const known = points[other] ?? []
      return dominates(known, point) || known.every((value, i) => value === point[i])
    })
    if (isBeaten) return
    const kept = front.filter((other) => !dominates(point, points[other] ?? []))
    front.splice(0, front.length, ...kept, index)
  })
  return front
}

/** Front by front, the best first: every index is in one of them, equal points in the same. O(M N²), as published. */
export function nonDominatedSort(points: readonly (readonly number[])[]): number[][] {
  const beaten: number[][] = points.map(() => [])
  const beatenBy = points.map(() => 0)
  points.forEach((point, i) => {
    points.forEach((other, j) => {
      if (!dominates(point, other)) return
      beaten[i]?.push(j)
      beatenBy[j] = (beatenBy[j] ?? 0) + 1
    })
  })
  const fronts: number[][] = []
  let front = points.flatMap((_, i) => (beatenBy[i] === 0 ? [i] : []))
  while (front.length > 0) {
    fronts.push(front)
    const next: number[] = []
    for (const i of front)
      for (const j of beaten[i] ?? []) {
        const left = (beatenBy[j] ?? 0) - 1
        beatenBy[j] = left
        if (left === 0) next.push(j)
      }
    front = next.sort((a, b) => a - b)
  }
  return fronts
}

/**
 * How far apart the neighbours of each point of one front are, summed over objectives in shares of the front's extent; infinite
 * for the outermost.
 */
export function crowdingDistances(points: readonly (readonly number[])[]): number[] {
  const distances = points.map(() => 0)
  for (let objective = 0; objective < (points[0]?.length ?? 0); objective++) {
    const value = (index: number): number => points[index]?.[objective] ?? 0
    const order = points.map((_, i) => i).sort((a, b) => value(a) - value(b) || a - b)
    const [first = 0, last = 0] = [order[0], order[order.length - 1]]
    const extent = value(last) - value(first)
    distances[first] = Infinity
    distances[last] = Infinity
    if (extent === 0) continue
    for (let place = 1; place < order.length - 1; place++) {
      const [before, at, after] = [order[place - 1] ?? 0, order[place] ?? 0, order[place + 1] ?? 0]
      distances[at] = (distances[at] ?? 0) + (value(after) - value(before)) / extent
    }
  }
  return distances
}

/** Indices by NSGA-II's crowded comparison, the best first: lower front, then less crowded, then earlier. */
export function crowdedOrder(points: readonly (readonly number[])[]): number[] {
  return nonDominatedSort(points).flatMap((front) => {
    const distances = crowdingDistances(front.map((index) => points[index] ?? []))
    const place = front.map((index, i) => ({ index, distance: distances[i] ?? 0 }))
    // Two infinite distances have no difference to sort by.
    const byDistance = (a: number, b: number): number => (a === b ? 0 : b - a)
    return place.sort((a, b) => byDistance(a.distance, b.distance) || a.index - b.index).map(({ index }) => index)
  })
}
