// One of the paper's own ablations: its plan and its figures, as they are sent. Which runs a plan means is paper-plans.ts's, how figures are
// made of runs paper-report.ts's, which whoever only reads them need not load.
import { z } from 'zod'
import { runDefinitionSchema } from '../run'

export const PAPER_ABLATIONS = ['table-4', 'table-5', 'figure-2'] as const
export const paperAblationSchema = z.enum(PAPER_ABLATIONS)
export type PaperAblation = z.infer<typeof paperAblationSchema>

export const paperPlanSchema = z.object({
  of: paperAblationSchema,
  /** Random ones of each column. As many as a population may have. */
  networks: z.number().int().min(1).max(1000),
  /** Of each training; of table 5 the short one, then the longer ones. */
  epochs: z.array(z.number().int().min(1)).min(1).max(20),
  /** Elimination rates of the columns. */
  rates: z.array(z.number().min(0).max(1)).max(20),
  /** Space, data and recipe. */
  base: runDefinitionSchema,
})
export type PaperPlan = z.infer<typeof paperPlanSchema>

export const paperRowSchema = z.object({
  label: z.string(),
  networks: z.number().int(),
  /** Null where no network came to a fitness. */
  mean: z.number().nullable(),
  /** Against the first column: pairs, their mean difference with its 95 % interval, and how many are better, equal and worse. */
  difference: z.object({ pairs: z.number().int(), mean: z.number(), low: z.number(), high: z.number() }).optional(),
  counts: z.object({ better: z.number().int(), equal: z.number().int(), worse: z.number().int() }).optional(),
  /** With the column it is compared with: Pearson's and Spearman's correlation; Pearson's with its 95 % bootstrap interval. */
  correlation: z
    .object({
      pairs: z.number().int(),
      pearson: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      spearman: z.number().nullable(),
    })
    .optional(),
})
export type PaperRow = z.infer<typeof paperRowSchema>

export const paperReportSchema = z.object({ rows: z.array(paperRowSchema), words: z.array(z.string()) })
export type PaperReport = z.infer<typeof paperReportSchema>
