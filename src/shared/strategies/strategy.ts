// What decides which architecture comes next. A strategy is a pure function of its seed and of the finished
// generations in trial order, so a resumed run proposes what the undisturbed one would have (docs/rules.md#order).
import type { z } from 'zod'
import type { Breathe } from '../breathe'
import type { OperationGraph } from '../language/graphs/operation-graph'
import type { FormerRun } from '../search/former-runs'
import type { Origin } from '../search/trial'
import type { Genotype, Space } from '../spaces/space'
import { createRandom, type Random } from '../random'
import type { PaperProposer } from './paper-proposers'
import type { InContextLearner } from '../surrogate/in-context/learner'

/** A member of a finished generation. */
export interface Member {
  readonly trialId: number
  readonly genotype: Genotype
  readonly origin: Origin
  /** Higher is better, from validation data only; undefined when the trial failed. */
  readonly fitness: number | undefined
  /** Under several objectives, each higher for better, fitness first; undefined under one, and when the trial failed. */
  readonly objectives?: readonly number[] | undefined
}

export interface Proposal {
  readonly genotype: Genotype
  readonly origin: Origin
}

export interface ReconstructionRequest {
  readonly genotype: Genotype
  /** Positions to empty and refill, ascending. */
  readonly positions: readonly number[]
  readonly seed: number
  /** Above 0; below 1 the likeliest blocks come more often. Left out, 1. */
  readonly temperature?: number
  /** The checkpoint that is asked, the same for all requests of a call. Left out, the one that there is. */
  readonly proposer?: PaperProposer
}

export interface Reconstruction {
  readonly genotype: Genotype
  /** One per emptied position, in order: what was put in, how probable it was, and the runners-up. */
  readonly choices: readonly {
    readonly position: number
    readonly chosen: string
    readonly probability: number
    readonly alternatives: readonly { readonly name: string; readonly probability: number }[]
  }[]
}

/** The GPT as strategies see it; lives in a compute, deterministic for a given seed and checkpoint. */
export interface Reconstructor {
  reconstruct(requests: readonly ReconstructionRequest[]): Promise<readonly Reconstruction[]>
}

/** What the relational GPT says of graphs without having seen a result of the run: a function of the graph alone. */
export interface GraphJudge {
  /** Whether it learned from whole networks by their layers (`Features.layers`), and is asked where a space has no graph. */
  readonly readsLayers?: boolean
  /** A row for each graph: so many figures of which more is more promising, the same ones for all. */
  judge(graphs: readonly OperationGraph[]): readonly (readonly number[])[]
}

/** What block chains that were trained elsewhere let expect of others: a function of the space and of what it learned alone. */
export interface ChainJudge {
  /** Of its checkpoint. */
  readonly name: string
  /** Spearman's correlation with what came of chains on a data set that it had not seen. */
  readonly trust: number
  /** Of which more is more promising, about standard normal over random members; undefined for a space that it cannot read. */
  of(space: Space): ((genotype: Genotype) => number) | undefined
}

export interface StrategyContext {
  readonly space: Space
  readonly populationSize: number
  readonly generations: number
  /** Generations that are complete, oldest first, members in trial order. */
  readonly history: readonly (readonly Member[])[]
  /** Of the run. */
  readonly seed: number
  /** Stream of this run and generation. */
  readonly random: Random
  /** User's designed networks that seed the initial population. */
  readonly seeds: readonly Genotype[]
  /** Present for strategies that use the proposer. */
  readonly reconstructor?: Reconstructor
  /** Present where a checkpoint of preset `workbench` is; strategies do without where it is not. */
  readonly judge?: GraphJudge
  /** Present where a checkpoint of preset `in-context` is; strategies do without where it is not. */
  readonly learner?: InContextLearner
  /** Present where a checkpoint of preset `chains` is; strategies do without where it is not. */
  readonly chains?: ChainJudge
  /** Runs to start from, for strategies that learn from them. */
  readonly former?: readonly FormerRun[]
  /** Awaited while a long choice is made; left out, nobody waits for anything else meanwhile. What it throws ends the choice. */
  readonly breathe?: Breathe
}

/**
 * What a strategy saw, or sees, before `generation`. A stream per generation: what one drew never shifts the next, and a
 * resumed run draws the same.
 */
export function generationContext(
  context: Omit<StrategyContext, 'random'>,
  generation = context.history.length,
): StrategyContext {
  return {
    ...context,
    history: context.history.slice(0, generation),
    random: createRandom(context.seed).fork(`generation-${generation}`),
  }
}

/** @typeParam Own what a run's definition says of this strategy: its name and its own parameters */
export interface Strategy<Own extends { readonly name: string } = { readonly name: string }> {
  readonly name: Own['name']
  /** Its part of a run's definition, every parameter with a default: form, command line and documentation are made from it. */
  readonly schema: z.ZodType<Own>
  /** Has blocks of chains rebuilt by a checkpoint of preset `paper`, on a compute. */
  readonly usesProposer: boolean
  /** Asks `context.judge`, and does without where there is none. */
  readonly usesJudge?: boolean
  /** Starts from `context.former`, where there is any. */
  readonly usesFormer?: boolean
  /** Learns from each result, so that the smaller the generation, the better it chooses. */
  readonly isSequential?: boolean
  /** The whole next generation, `populationSize` proposals, none of which violates the space. */
  propose(context: StrategyContext, own: Own): Promise<readonly Proposal[]>
}
