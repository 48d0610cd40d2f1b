// A trial: one evaluated architecture of a run, its states and where it came from.
import { z } from 'zod'
import { ERROR_CODES } from '../errors'
import { trialFidelitySchema, WHOLE } from './trial-fidelity'
import { usageSchema } from './usage'
import { genotypeSchema } from '../spaces/genotype'

export const TRIAL_STATES = ['waiting', 'running', 'finished', 'failed', 'cancelled'] as const
export const trialState = z.enum(TRIAL_STATES)
export type TrialState = z.infer<typeof trialState>

/** What people are shown of a trial: its state, or that it only repeats another one's result. */
export const TRIAL_STANDINGS = [...TRIAL_STATES, 'repeat'] as const
export type TrialStanding = (typeof TRIAL_STANDINGS)[number]
export const standingOf = ({ state, isRepeat }: Pick<Trial, 'state' | 'isRepeat'>): TrialStanding =>
  isRepeat && (state === 'finished' || state === 'failed') ? 'repeat' : state

export const errorDataSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  fix: z.string().optional(),
  commandLine: z.string().optional(),
})

/** How a proposal came to be: the lineage a user can follow. Parents are trial ids of the same run. */
export const originSchema = z.object({
  operator: z.enum(['random', 'seed', 'elite', 'offspring', 'surrogate', 'proposed', 'injected', 'confirmation']),
  parents: z.array(z.number().int()).default([]),
  crossover: z.boolean().default(false),
  mutation: z.boolean().default(false),
  /** Positions the proposer refilled; empty when it did not touch the architecture. */
  reconstructed: z
    .array(
      z.object({
        position: z.number().int().min(0),
        removed: z.string(),
        chosen: z.string(),
        probability: z.number().min(0).max(1),
        alternatives: z.array(z.object({ name: z.string(), probability: z.number() })).default([]),
      }),
    )
    .default([]),
  /** Of a confirmation: the trial whose architecture it evaluates again, and with which other seed, from 1. */
  confirms: z.object({ trialId: z.number().int(), seed: z.number().int().min(1) }).optional(),
})
export type Origin = z.infer<typeof originSchema>

/** One finished epoch. Accuracies are fractions in [0, 1]; losses are mean cross-entropy in nats. */
export const epochSchema = z.object({
  epoch: z.number().int().min(1),
  learningRate: z.number(),
  trainLoss: z.number(),
  trainAccuracy: z.number(),
  validationLoss: z.number(),
  validationAccuracy: z.number(),
  seconds: z.number(),
})
export type Epoch = z.infer<typeof epochSchema>

/** What else an evaluator measured of an architecture, by name. */
export const costsSchema = z.record(z.string(), z.number())

export const trialSchema = z.object({
  id: z.number().int(),
  runId: z.string(),
  /** Position in the run, from 1. */
  number: z.number().int().min(1),
  generation: z.number().int().min(0),
  state: trialState,
  attempt: z.number().int().min(1),
  genotype: genotypeSchema,
  /** Canonical hash of the architecture: equal across runs for equal architectures. */
  architectureHash: z.string(),
  origin: originSchema,
  /** These two are null where the space has only words for its architectures. */
  parameters: z.number().int().nullable(),
  macs: z.number().int().nullable(),
  /** Higher is better; what it is and how it reads is the evaluator's (shared/evaluators). */
  fitness: z.number().nullable(),
  /** Trial whose result this one reuses because the architecture is the same. */
  reusedFrom: z.number().int().nullable(),
  /** An earlier trial of the same run is the same evaluation: this one takes nothing of the budget. */
  isRepeat: z.boolean(),
  epochs: z.array(epochSchema),
  error: errorDataSchema.nullable(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  seconds: z.number().nullable(),
  /** Title of the compute's device it was last trained on; null for what was not trained, or before that was stored. */
  device: z.string().nullable(),
  /** What it took of the machine; null where nothing was measured. */
  usage: usageSchema.nullable(),
  costs: costsSchema.default({}),
  /** Of a finished run's winner alone: what no search may see (docs/rules.md#test-data). */
  reported: z.number().nullable().default(null),
  /** Its place among what waits, where a person has given it one: the lower, the sooner, and before all that have none. */
  queuePlace: z.number().int().nullable().default(null),
  fidelity: trialFidelitySchema.default(WHOLE),
})
export type Trial = z.infer<typeof trialSchema>

/** Whether a person put it into the run, rather than its strategy. */
export const isInjected = ({ origin }: Pick<Trial, 'origin'>): boolean => origin.operator === 'injected'

/** Whether its strategy proposed it: neither a person nor the end of a search, which confirms its best. */
export const isProposed = ({ origin: { operator } }: Pick<Trial, 'origin'>): boolean =>
  operator !== 'injected' && operator !== 'confirmation'

/** The generation that is proposed next: the first without a proposal of the strategy. */
export const nextGeneration = (trials: readonly Pick<Trial, 'origin' | 'generation'>[]): number =>
  trials.reduce((next, trial) => (isProposed(trial) ? Math.max(next, trial.generation + 1) : next), 0)

/** What waits, in the order in which it is to be evaluated. */
export const queueOf = <T extends Pick<Trial, 'state' | 'queuePlace' | 'number'>>(trials: readonly T[]): T[] =>
  trials
    .filter(({ state }) => state === 'waiting')
    .sort((a, b) => (a.queuePlace ?? Infinity) - (b.queuePlace ?? Infinity) || a.number - b.number)
