// The architectures that a surrogate chooses from: a bounded pool for spaces of any size, each candidate with its distances to
// what was evaluated, which grow by one as each result comes in.
import type { Breathe } from '../breathe'
import type { OperationGraph } from '../language/graphs/operation-graph'
import type { Features } from '../spaces/features'
import type { Genotype } from '../spaces/space'
import { expectedImprovement } from './expected-improvement'
import type { Distances, GaussianProcess } from './gaussian-process'
import type { InContextAdviser } from './in-context/adviser'
import type { Point } from './points'

export interface Candidate {
  readonly genotype: Genotype
  readonly key: string
  readonly point: Point
  /** Undefined in a space whose architectures are read as no graph. */
  readonly graph: OperationGraph | undefined
  /** As `Features.layers`. */
  readonly layers: (() => OperationGraph) | undefined
  /** To the evaluated points, as many as there were when last asked. */
  distances: Distances
  /** What a judge thinks of it, once one was asked. */
  opinion: number | undefined
  /** Where it lies, once a learner was asked about it. */
  coordinates: Float64Array | undefined
  /** What it was worth when last asked. */
  promise: number
}

export interface Acquisition {
  /** What evaluating a candidate is worth, by its distances. */
  readonly worth: (distances: Distances) => number
  /** The same at a guess, which every candidate of the pool is ordered by. */
  readonly guess: (distances: Distances) => number
  /** Best ones by the guess that are weighed. */
  readonly shortlist: number
}

/** A learner that is asked about the shortlist. */
export interface Advice {
  readonly adviser: InContextAdviser
  /** Whether only it counts there. */
  readonly isAlone: boolean
  /** Candidates times results that it is asked about at most: its work. */
  readonly mostPairs: number
}

/** Candidates that are measured between two breaths: some milliseconds. */
const A_BREATH = 50

/** Equal promises keep the order in which candidates came, which the seed decides. */
const byPromise = (a: Candidate, b: Candidate): number => b.promise - a.promise

export class CandidatePool {
  private readonly candidates = new Map<string, Candidate>()

  get size(): number {
    return this.candidates.size
  }

  has(key: string): boolean {
    return this.candidates.has(key)
  }

  /** In the order in which they came, or were left by `best`. */
  all(): readonly Candidate[] {
    return [...this.candidates.values()]
  }

  add(genotype: Genotype, key: string, point: Point, { graph, layers }: Pick<Features, 'graph' | 'layers'>): void {
    if (this.candidates.has(key)) return
    const none = new Float64Array(0)
    const distances = { choices: none, paths: none, figures: none, solved: new Map<object, Float64Array>() }
    const unasked = { opinion: undefined, coordinates: undefined, promise: 0 }
    this.candidates.set(key, { genotype, key, point, graph, layers, distances, ...unasked })
  }

  remove(key: string): void {
    this.candidates.delete(key)
  }

  /** Forgets the distances to points that were taken out of the process again. @param size points that stayed */
  truncate(size: number): void {
    for (const candidate of this.candidates.values()) {
      const { choices, paths, figures, solved = new Map() } = candidate.distances
      candidate.distances = {
        choices: choices.subarray(0, size),
        paths: paths.subarray(0, size),
        figures: figures.subarray(0, size),
        solved: new Map([...solved].map(([model, rows]) => [model, rows.subarray(0, size)])),
      }
    }
  }

  /**
   * Orders by what evaluating them is worth and keeps the `most` best.
   * @param advice what a learner says of the shortlist, beside what the process says or in its place; under one objective alone
   * @param prior what is expected of one before any result, in quantiles; as the process was fitted with
   * @param breathe awaited now and then; nothing else may ask the pool meanwhile
   * @returns the best; undefined for an empty pool
   */
  async best(
    process: GaussianProcess,
    most: number,
    { worth, guess, shortlist: weighed }: Acquisition,
    {
      advice,
      prior,
      breathe,
    }: {
      readonly advice?: Advice | undefined
      readonly prior?: ((genotype: Genotype) => number) | undefined
      readonly breathe?: Breathe | undefined
    } = {},
  ): Promise<Candidate | undefined> {
    await inBreaths([...this.candidates.values()], breathe, (candidate) => {
      measure(candidate, process, prior)
      candidate.promise = guess(candidate.distances)
    })
    const ordered = [...this.candidates.values()].sort(byPromise)
    for (const { key } of ordered.slice(most)) this.candidates.delete(key)
    const shortlist = ordered.slice(0, weighed)
    await inBreaths(shortlist, breathe, (candidate) => {
      const { solved: _, ...unsolved } = candidate.distances
      candidate.promise = worth(unsolved)
    })
    if (advice === undefined) return shortlist.sort(byPromise)[0]
    const asked = askable(shortlist, process.size, advice)
    follow(asked, process, advice)
    return asked.sort(byPromise)[0]
  }
}

async function inBreaths<T>(all: readonly T[], breathe: Breathe | undefined, step: (each: T) => void): Promise<void> {
  for (const [i, each] of all.entries()) {
    if (breathe !== undefined && i % A_BREATH === 0) await breathe()
    step(each)
  }
}

/** The most promising ones; as they came where all may be asked about. */
function askable(shortlist: Candidate[], known: number, { mostPairs }: Advice): Candidate[] {
  const most = Math.max(1, Math.floor(mostPairs / Math.max(1, known)))
  return shortlist.length <= most ? shortlist : shortlist.sort(byPromise).slice(0, most)
}

/** Adds what the learner expects to what the process does, or puts it in its place. */
function follow(shortlist: readonly Candidate[], process: GaussianProcess, { adviser, isAlone }: Advice): void {
  if (shortlist.length === 0) return
  const asked = shortlist.map((candidate) => ({
    distances: candidate.distances,
    coordinates: (candidate.coordinates ??= adviser.locate(candidate.point)),
  }))
  const target = process.bestTarget
  adviser.predictions(process, asked).forEach((prediction, i) => {
    const candidate = shortlist[i]
    if (candidate === undefined) return
    const promise = expectedImprovement([prediction], target)
    candidate.promise = isAlone ? promise : candidate.promise + promise
  })
}

/** Brings a candidate's distances up to the points that came in since. */
function measure(
  candidate: Candidate,
  process: GaussianProcess,
  prior: ((genotype: Genotype) => number) | undefined,
): void {
  const { distances, opinion } = candidate
  const { choices, paths, figures, solved } = distances
  const later = process.distances(candidate.point, choices.length)
  candidate.distances = {
    choices: joined(choices, later.choices),
    paths: joined(paths, later.paths),
    figures: joined(figures, later.figures),
    ...(solved && { solved }),
    ...(prior && { prior: prior(candidate.genotype) }),
    ...(opinion !== undefined && { opinion }),
  }
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  if (second.length === 0) return first
  const length = first.length + second.length
  const isRoomy = first.byteOffset === 0 && first.buffer.byteLength >= length * first.BYTES_PER_ELEMENT
  // Room for as many again: a candidate's distances grow by one at each step. What was taken out of the process is written over.
  const both = isRoomy ? new Float64Array(first.buffer, 0, length) : new Float64Array(2 * length).subarray(0, length)
  if (!isRoomy) both.set(first)
  both.set(second, first.length)
  return both
}
