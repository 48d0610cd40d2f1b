// A GPT as a writer of candidates: places of an evaluated architecture are emptied and filled again, from both sides, in proportion to
// how likely the whole then is under the quality that is asked for; trained on before with what the search has found.
import { featuresOf } from '../../../src/shared/surrogate/features-of'
import { LEAST_GRAPHS, fineTune, type LabelledGraph } from '../../../src/shared/proposer/fine-tuning'
import { logLikelihoods } from '../../../src/shared/proposer/objectives'
import { UNKNOWN_QUALITY } from '../../../src/shared/proposer/operation-tokens'
import type { RelationalGpt } from '../../../src/shared/proposer/relational-gpt'
import { graphKey, type OperationGraph } from '../../../src/shared/language/graphs/operation-graph'
import type { Random } from '../../../src/shared/random'
import type { Genotype, Space } from '../../../src/shared/spaces/space'

export interface Evaluated {
  readonly genotype: Genotype
  readonly fitness: number
}

export interface Refilling {
  /** The GPT anew, as before any result; undefined draws names at random. */
  readonly gpt: (() => RelationalGpt) | undefined
  /** Of fine-tuning; 0 leaves it as it is. */
  readonly steps: number
  readonly shuffleLabels: boolean
  /** 0 to 5, as the quality token. */
  readonly quality: number
  /** Likelihood of the whole, or that over the likelihood without a quality: how well the architecture suits the quality. */
  readonly by: 'likelihood' | 'ratio'
  /** At each step. */
  readonly candidates: number
  /** That are emptied at once, at most. */
  readonly places: number
}

/** Of the best results, as the surrogate's own refills. */
const ELITE = 5
const FIRST_RATE = 0.4
/** Times that each of several emptied places is filled; the first content is random, so that nothing of the old one is seen. */
const ROUNDS = 2

export class Writer {
  private model: RelationalGpt | undefined
  private readonly features
  private likelihoods = new Map<string, readonly [shown: number, hidden: number]>()

  constructor(
    private readonly space: Space,
    private readonly how: Refilling,
    private readonly budget: number,
  ) {
    this.features = featuresOf(space)
    this.model = how.gpt?.()
  }

  /**
   * Trains a GPT anew from its beginning, so that it is a function of the results.
   * @param learned by another writer that was told the same
   * @returns what it writes with from now on
   */
  async learn(
    results: readonly Evaluated[],
    seed: number,
    learned?: RelationalGpt,
  ): Promise<RelationalGpt | undefined> {
    const { gpt, steps, shuffleLabels } = this.how
    if (gpt === undefined || steps === 0) return this.model
    this.likelihoods = new Map()
    if (learned !== undefined) return (this.model = learned)
    const graphs = results.map(({ genotype, fitness }): LabelledGraph => {
      return { graph: this.graph(genotype), fitness, group: 'run' }
    })
    // Fewer than fine-tuning takes: each some times over, which leaves their ranks as they are.
    const times = Math.ceil(LEAST_GRAPHS / graphs.length)
    const repeated = graphs.flatMap((each) => Array.from({ length: times }, () => each))
    const model = gpt()
    await fineTune([model], repeated, { seed, steps, shuffleLabels, heldOut: 0 })
    return (this.model = model)
  }

  /** Of the best results, in turn, with some places emptied and filled again. */
  refills(results: readonly Evaluated[], random: Random): Genotype[] {
    const best = [...results].sort((a, b) => b.fitness - a.fitness).slice(0, ELITE)
    const rate = FIRST_RATE * Math.max(0, 1 - results.length / this.budget)
    return Array.from({ length: this.how.candidates }, (_, i) => {
      const parent = best[i % best.length]!.genotype
      const all = Array.from({ length: this.space.positions(parent) }, (__, place) => place)
      const places = random.fork(`places-${i}`)
      const drawn = places.shuffle(all.filter(() => places.chance(rate))).slice(0, this.how.places)
      return this.refilled(parent, drawn.length > 0 ? drawn : [places.choice(all)], random.fork(`names-${i}`))
    })
  }

  private refilled(parent: Genotype, places: readonly number[], random: Random): Genotype {
    const { space, model } = this
    const names = space.names()
    let member = places.reduce<Genotype>(
      (each, place) => space.replaceAt(each, place, random.choice(names)) ?? each,
      parent,
    )
    if (model === undefined) return member
    for (let round = 0; round < (places.length === 1 ? 1 : ROUNDS); round++)
      for (const place of random.shuffle(places)) {
        const standing = member
        const fitting = names.map((name) => space.replaceAt(standing, place, name)).filter((each) => each !== undefined)
        if (fitting.length === 0) continue
        const scores = this.scores(fitting, model)
        const highest = Math.max(...scores)
        const weights = scores.map((score) => Math.exp(score - highest))
        let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0)
        const at = weights.findIndex((weight) => (left -= weight) < 0)
        member = fitting[at < 0 ? fitting.length - 1 : at] ?? member
      }
    return member
  }

  private scores(genotypes: readonly Genotype[], model: RelationalGpt): number[] {
    const { quality, by } = this.how
    const graphs = genotypes.map((genotype) => this.graph(genotype))
    const keys = graphs.map(graphKey)
    const open = new Map(graphs.flatMap((graph, i) => (this.likelihoods.has(keys[i]!) ? [] : [[keys[i]!, graph]])))
    const asked = [...open.values()]
    const shown = logLikelihoods(model, asked, quality)
    const hidden = by === 'ratio' ? logLikelihoods(model, asked, UNKNOWN_QUALITY) : new Float64Array(asked.length)
    ;[...open.keys()].forEach((key, i) => this.likelihoods.set(key, [shown[i]!, hidden[i]!]))
    return keys.map((key) => {
      const [likelihood, without] = this.likelihoods.get(key)!
      return likelihood - without
    })
  }

  private graph(genotype: Genotype): OperationGraph {
    const { graph, layers } = this.features(genotype)
    const read = graph ?? layers?.()
    if (read === undefined) throw new Error(`an architecture of ${this.space.name} is read as no graph`)
    return read
  }
}
