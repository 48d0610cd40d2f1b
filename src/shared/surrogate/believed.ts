// What a judge such as a GPT thinks of architectures before any result, as a surrogate expects it: how much of it may count, and until
// when (decision 174). What the judge is and how its figures become one is the strategy's affair.
import type { Breathe } from '../breathe'
import type { Features } from '../spaces/features'
import type { Candidate } from './candidates'
import type { Beliefs } from './gaussian-process'

type Readable = Pick<Features, 'graph' | 'layers'>

export interface Opinion {
  /** Of each, as deviations over the space; 0 of what it cannot read. */
  of(architectures: readonly Readable[]): readonly number[]
}

/** Quantiles that a deviation of the opinion may count; which of them, each result decides anew. A prototype's. */
const WEIGHTS = [0.3, 0.6, 1]
/** Fewer results cannot refute an opinion: until then it counts at least the least. As many as a search without one begins with. */
const REFUTABLE_FROM = 10
/** From so many results on it shows in nothing that a prototype measured, and asking about every candidate costs as much as ever. */
const FORGOTTEN_FROM = 50
/** Candidates that are asked about between two breaths: some thirty milliseconds. */
const A_BREATH = 64

export class Believed {
  constructor(private readonly opinion: Opinion) {}

  of(architecture: Readable): number {
    return this.opinion.of([architecture])[0] ?? 0
  }

  /** Asks about those that it was not asked about. */
  async ask(candidates: readonly Candidate[], breathe?: Breathe): Promise<void> {
    const unasked = candidates.filter(({ opinion }) => opinion === undefined)
    for (let start = 0; start < unasked.length; start += A_BREATH) {
      await breathe?.()
      const asked = unasked.slice(start, start + A_BREATH)
      const opinions = this.opinion.of(asked)
      asked.forEach((candidate, i) => {
        candidate.opinion = opinions[i] ?? 0
      })
    }
  }

  /** @param known of each point of the process */
  beliefs(known: readonly number[]): Beliefs {
    return { known, weights: known.length < REFUTABLE_FROM ? WEIGHTS : [0, ...WEIGHTS] }
  }

  counts(results: number): boolean {
    return results < FORGOTTEN_FROM
  }

  /** Whether a learner that knows of no opinion has its say beside the process. */
  hearsOthers(results: number): boolean {
    return results >= REFUTABLE_FROM
  }
}
