// Search service: runs, their trials and what happens to them, pushed as it happens.
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { datasetProgressSchema } from './datasets'
import { commandSchema } from '../evaluators/command'
import { userSpaceSchema } from '../spaces/user/schema'
import { finalWishSchema } from '../search/final-training'
import { injectionSchema } from '../search/injection'
import { activitySchema } from '../search/activity'
import { runDefinitionSchema, runSchema } from '../search/run'
import { forecastProgressSchema } from '../search/run-forecast'
import { formerFitSchema } from '../search/former-runs'
import { winnerSchema } from '../search/winner'
import { verificationSchema } from '../search/verification'
import { epochSchema, trialSchema } from '../search/trial'

export type { Activity } from '../search/activity'

/** One line of the run's journal. */
export const journalEntrySchema = z.object({
  id: z.number().int(),
  at: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  message: z.string(),
  trialId: z.number().int().nullable(),
})
export type JournalEntry = z.infer<typeof journalEntrySchema>

/** Everything the live view needs, coalesced to at most 10 a second: trials and journal hold only what changed since the last event. */
export const runUpdateSchema = z.object({
  run: runSchema,
  activities: z.array(activitySchema),
  /** `proposing` while the strategy works on the next generation. */
  phase: z.enum(['idle', 'preparing', 'proposing', 'training', 'pausing']),
  /** Work on the data that takes time, while `preparing`; null or absent when there is none. */
  preparing: datasetProgressSchema.nullable().optional(),
  changedTrials: z.array(trialSchema),
  journal: z.array(journalEntrySchema),
})
export type RunUpdate = z.infer<typeof runUpdateSchema>

const id = z.object({ id: z.string() })

/** Averages of each generation for the progress chart; fractions. */
const generationSummarySchema = z.object({
  generation: z.number(),
  finished: z.number(),
  failed: z.number(),
  best: z.number().nullable(),
  mean: z.number().nullable(),
  worst: z.number().nullable(),
})

export const searchesContract = {
  list: oc.output(z.array(runSchema)),
  get: oc.input(id).output(runSchema),
  /** Stores a definition as a run and starts it unless `start` is false. */
  create: oc.input(z.object({ definition: runDefinitionSchema, start: z.boolean().default(true) })).output(runSchema),
  /** What the definition comes to, before anything runs: problems, planned evaluations, largest allowed cost. */
  check: oc
    .input(z.object({ definition: runDefinitionSchema }))
    .output(z.object({ problems: z.array(z.string()), plannedEvaluations: z.number(), notes: z.array(z.string()) })),
  /** The content of a user's space file and of its table, for a definition. */
  readSpace: oc.input(z.object({ path: z.string() })).output(userSpaceSchema),
  /** Whether a person has allowed on this machine that searches start this program. */
  isCommandAllowed: oc.input(commandSchema).output(z.object({ allowed: z.boolean() })),
  /** The person allows it. A window may pass on only what a dialog of main's was answered with (decision 107). */
  allowCommand: oc.input(commandSchema).output(z.object({ allowed: z.boolean() })),
  /** What it will take, from a short calibration; the last one told has the result. */
  forecast: oc.input(z.object({ definition: runDefinitionSchema })).output(eventIterator(forecastProgressSchema)),
  /** Starts a created, paused or interrupted run where it stood; a failed one too, once its cause is mended. */
  resume: oc.input(id).output(runSchema),
  /** Lets running epochs reach their checkpoint, then holds. */
  pause: oc.input(id).output(runSchema),
  /** Ends the run for good; what is finished stays. */
  stop: oc.input(id).output(runSchema),
  /** Other budgets, bans, pins or parameters of the strategy, by path, from the next generation on (a limit of time: at once); for a run that is not over. */
  change: oc.input(id.extend({ values: z.record(z.string(), z.unknown()) })).output(runSchema),
  /**
   * What lies in a file, to be put into a run: a genotype in JSON, or a network of ours or of another program.
   * @throws not-found, invalid-input, invalid-architecture with every operator that is no layer here, time-limit
   */
  readInjection: oc.input(z.object({ path: z.string() })).output(injectionSchema),
  /** Puts an architecture in: it is evaluated next, and takes an evaluation of the budget. */
  inject: oc.input(id.extend({ architecture: injectionSchema })).output(z.object({ trialNumber: z.number().int() })),
  /** Puts waiting trials first, by their ids in this order; the others follow as they were. */
  order: oc
    .input(id.extend({ first: z.array(z.number().int()).min(1).max(10_000) }))
    .output(z.object({ ordered: z.boolean() })),
  /** Trains its winner, or a trial of it, on training and validation images together and tests it once: a run of its own, started. */
  finish: oc
    .input(id.extend({ trialId: z.number().int().nullable().default(null), wish: finalWishSchema.prefault({}) }))
    .output(runSchema),
  /** The same for a hand-made network of about its cost, to stand beside its winner, or a trial of it; from new weights. */
  trainPeer: oc
    .input(id.extend({ trialId: z.number().int().nullable().default(null), wish: finalWishSchema.prefault({}) }))
    .output(runSchema),
  rename: oc.input(id.extend({ name: z.string().min(1).max(200) })).output(runSchema),
  /** Removes a run that is not running, with its trials and what only they need. */
  remove: oc.input(id).output(z.object({ removed: z.boolean() })),
  /** First event is the whole present state (all trials), then changes. Ends when the run ends or the client breaks off. */
  watch: oc.input(id).output(eventIterator(runUpdateSchema)),
  /** The list of runs, whenever one changes. */
  watchAll: oc.output(eventIterator(z.array(runSchema))),
  /** Replays it: the strategy's proposals and, for tables, the evaluations. Nothing is changed. */
  verify: oc.input(id).output(verificationSchema),
  /** Whom all results together speak for; null under a front, where evaluations do not vary, and before there are ten results. */
  winner: oc.input(id).output(winnerSchema.nullable()),
  /** How far the former runs that it starts from fit its results so far; none where it starts from none. */
  former: oc.input(id).output(z.object({ present: z.number().int(), fits: z.array(formerFitSchema) })),
  generations: oc.input(id).output(z.array(generationSummarySchema)),
}

export const trialsContract = {
  list: oc
    .input(
      id.extend({
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(10_000).default(1000),
      }),
    )
    .output(z.object({ trials: z.array(trialSchema), total: z.number() })),
  get: oc.input(z.object({ id: z.number().int() })).output(trialSchema.extend({ document: z.unknown() })),
  /** Ends one trial by hand, going or waiting: it has failed, and the run goes on. */
  end: oc.input(z.object({ id: z.number().int() })).output(z.object({ ended: z.boolean() })),
  epochs: oc.input(z.object({ id: z.number().int() })).output(z.array(epochSchema)),
}
