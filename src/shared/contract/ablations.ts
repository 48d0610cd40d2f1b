// Ablation service: strategies side by side with the same seeds and budget, and the paper's own ablations, as streams that go on where they
// stopped.
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { ablationSummarySchema } from '../search/comparison/ablation'
import { paperPlanSchema, paperReportSchema } from '../search/comparison/paper'
import { runDefinitionSchema } from '../search/run'

export const ablationPlanSchema = z.object({
  /** Its strategy keeps its parameters where it is among the strategies; its seed is the first. */
  definition: runDefinitionSchema,
  /** Names, two or more; the others are compared with the first. */
  strategies: z.array(z.string()).min(2).max(20),
  /** Repeats, with this many seeds one after another. */
  seeds: z.number().int().min(1).max(1000),
})
export type AblationPlan = z.infer<typeof ablationPlanSchema>

export const ablationEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('cell'),
    done: z.number().int(),
    total: z.number().int(),
    /** The one that is being searched. */
    strategy: z.string(),
    seed: z.number().int(),
    runNumber: z.number().int().nullable(),
  }),
  z.object({
    type: z.literal('summary'),
    done: z.number().int(),
    total: z.number().int(),
    summary: ablationSummarySchema,
    /** HTML file with figures and curves, complete in itself. */
    report: z.string(),
  }),
])
export type AblationEvent = z.infer<typeof ablationEventSchema>

export const paperEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('column'),
    done: z.number().int(),
    total: z.number().int(),
    /** The one that is being searched, and how much of it, in [0, 1]. */
    label: z.string(),
    runNumber: z.number().int(),
    share: z.number(),
  }),
  z.object({
    type: z.literal('summary'),
    summary: paperReportSchema,
    runs: z.array(z.object({ label: z.string(), run: z.number().int() })),
    /** HTML file with the figures, complete in itself. */
    report: z.string(),
  }),
])
export type PaperEvent = z.infer<typeof paperEventSchema>

export const ablationsContract = {
  /** Breaking off pauses what is being searched; the same plan goes on from there, also with more strategies or seeds. */
  run: oc.input(ablationPlanSchema).output(eventIterator(ablationEventSchema)),
  /** The same; its runs are found again by their settings. */
  paper: oc.input(paperPlanSchema).output(eventIterator(paperEventSchema)),
}
