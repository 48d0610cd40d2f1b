// An ablation: one definition searched with several strategies and the same seeds. Its cells and its figures, as they are stored and
// sent; how figures are made of cells is summarise.ts's, which whoever only reads them need not load.
import { z } from 'zod'

/** One strategy with one seed. */
export const cellSchema = z.object({
  strategy: z.string(),
  seed: z.number().int(),
  /** Null where nothing but a table was asked. */
  runId: z.string().nullable(),
  /** Best fitness so far after each distinct evaluation that came to one. */
  curve: z.array(z.number()),
  /** What only the report may show of its best, where the space's table has that. */
  report: z.number().nullable(),
  isDone: z.boolean(),
  /** Why it came to no fitness. */
  error: z.string().nullable(),
})
export type Cell = z.infer<typeof cellSchema>

export const figuresSchema = z.object({ mean: z.number(), std: z.number(), low: z.number(), high: z.number() })

export const strategyFiguresSchema = z.object({
  strategy: z.string(),
  /** Seeds that came to a fitness. */
  seeds: z.number().int(),
  /** Of the best at the end; null where no seed came to one. */
  final: figuresSchema.nullable(),
  report: figuresSchema.nullable(),
  curve: z.array(z.object({ evaluations: z.number().int(), mean: z.number(), low: z.number(), high: z.number() })),
})
export type StrategyFigures = z.infer<typeof strategyFiguresSchema>

export const pairSchema = z.object({
  strategy: z.string(),
  /** The one that it is compared with. */
  against: z.string(),
  pairs: z.number().int(),
  /** Of the pairs' differences at the end, `strategy` minus `against`; `low` to `high` a 95 % bootstrap interval. */
  mean: z.number(),
  low: z.number(),
  high: z.number(),
  /** Share of the bootstrap's resamples in which `strategy` is ahead. */
  ahead: z.number(),
  /** Wilcoxon signed-rank, two-sided; as it is and corrected for the number of comparisons (Holm). */
  p: z.number(),
  corrected: z.number(),
  /** What that says, in sentences. */
  words: z.array(z.string()),
})
export type Pair = z.infer<typeof pairSchema>

export const ablationSummarySchema = z.object({
  strategies: z.array(strategyFiguresSchema),
  pairs: z.array(pairSchema),
  /** Cells that came to nothing, in words. */
  failures: z.array(z.string()),
})
export type AblationSummary = z.infer<typeof ablationSummarySchema>
