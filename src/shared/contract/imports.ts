// Import service: networks of other programs, with their values where the file has them, kept in the workspace: exported, trained on and
// opened like what was designed here.
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { SCALING_SOURCES, scalingWishSchema } from '../exchange/imported/scaling'

const count = z.number().int().min(0)

export const importProblemSchema = z.object({ place: z.string(), operator: z.string(), reason: z.string() })

/** What a file holds, before and after it is taken over. */
export const importFactsSchema = z.object({
  /** As node/networks/read-network names it. */
  format: z.string(),
  /** Completes "is": an ONNX model. */
  title: z.string(),
  /** Where it lay, and its SHA-256 then. */
  file: z.string(),
  sha256: z.string(),
  sizeBytes: count,
  /** The program that has written it, where it says so. */
  producer: z.string().nullable(),
  input: z.array(z.number().int()),
  classes: count,
  layers: count,
  parameters: count,
  /** Operators that are no layers here: an identity stands for each. */
  problems: z.array(importProblemSchema),
  /** What is otherwise than in the file. */
  notes: z.array(z.string()),
  /** Layers whose values the file does not have. */
  missing: z.array(z.string()),
  hasValues: z.boolean(),
  /** How raw pixels become what the first layer sees: `(x / 255 - mean) / deviation`. */
  mean: z.array(z.number()),
  deviation: z.array(z.number()),
  /** Whether the file says so, a person did, or nobody; left out in imports of before this was asked. */
  scaling: z.enum(SCALING_SOURCES).optional(),
})
export type ImportFacts = z.infer<typeof importFactsSchema>

export const importSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  createdAt: z.string(),
  facts: importFactsSchema,
  /** Of the file of weights in the workspace; null where there are no values, or not all layers are here. */
  weightsSha256: z.string().nullable(),
})
export type NetworkImport = z.infer<typeof importSchema>

export const importPreviewSchema = z.object({ name: z.string(), facts: importFactsSchema, document: z.unknown() })
export type ImportPreview = z.infer<typeof importPreviewSchema>

const id = z.object({ id: z.number().int() })

export const importsContract = {
  /** What would be taken over; nothing is stored. @throws not-found, invalid-input, invalid-architecture, time-limit */
  preview: oc.input(z.object({ path: z.string() })).output(importPreviewSchema),
  /**
   * Takes a network over: its design, and its values as an artefact of the workspace.
   * @throws invalid-architecture for operators that are no layers, unless `partial`; invalid-input for a scaling where the file says it
   *   itself or has no values; those of `preview`
   */
  create: oc
    .input(
      z.object({
        path: z.string(),
        partial: z.boolean().default(false),
        /** How pixels are scaled, where the file does not say it. */
        scaling: scalingWishSchema.nullable().default(null),
      }),
    )
    .output(importSchema),
  list: oc.output(z.array(importSchema)),
  load: oc.input(id).output(z.object({ import: importSchema, document: z.unknown() })),
  /**
   * Takes it out of the workspace; the file it was made of and what was exported of it stay. Its values stay where another import, a trial or a
   * run has the same.
   * @throws conflict while an export of it is made, or a run that has not ended begins with its values
   */
  remove: oc.input(id).output(z.object({ removed: z.boolean() })),
}
