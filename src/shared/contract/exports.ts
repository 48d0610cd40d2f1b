// Export service: a trial's network as files, with the proof that they compute the same.
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { latencySchema } from './latency'
import { DEFAULT_EXPORT_FORMAT, exportFormatSchema, exportOptionsSchema } from '../exchange/formats'
import { sentDocumentSchema } from '../architecture/document/sent-document'

export const firstDifferenceSchema = z.object({
  /** Id of the network's node. */
  layer: z.string(),
  /** Relative to the largest of its values. */
  difference: z.number(),
})
export type FirstDifference = z.infer<typeof firstDifferenceSchema>

/** What fewer bits cost: the trained network as it was beside the same images in the exported files. */
export const roundingSchema = z.object({
  /** What the numbers are stored as. */
  storedAs: z.string(),
  /** Accuracy of the trained network on the images of the proof, fraction; null for images without labels. */
  trainedAccuracy: z.number().nullable(),
  /** Images to which both give the same class. */
  samePredictions: z.number().int(),
  /** Of a class score, relative to the largest. */
  largestLogitDifference: z.number(),
})
export type Rounding = z.infer<typeof roundingSchema>

/** Comparison of the exported files, run in a fresh process by a runtime that has nothing of ours, against the network as it was trained. */
export const proofSchema = z.object({
  runtime: z.string(),
  images: z.number().int(),
  /** `random`: of a design without data, whose accuracy means nothing. `drawn`: of an imported network, inputs from a seed. */
  split: z.enum(['test', 'random', 'drawn']),
  /** Largest absolute difference of a class probability on the images. */
  largestDifference: z.number(),
  /**
   * Largest difference of a class score before the softmax, relative to the largest score, on the images and on random inputs. Null in
   * proofs of before, which looked at probabilities alone.
   */
  largestLogitDifference: z.number().nullable(),
  /** The same as it is, not relative; null in proofs of before. */
  largestScoreDifference: z.number().nullable(),
  randomInputs: z.number().int(),
  /** Largest of either that still passes. */
  tolerance: z.number(),
  samePredictions: z.number().int(),
  /** Accuracy on those images, fraction, of the exported model; null for drawn inputs, which have no label. */
  accuracy: z.number().nullable(),
  /** Of the exported files, without the metadata; null in proofs of before. */
  sizeBytes: z.number().nullable(),
  /** Of one image in that runtime, on the machine that made the proof; null in proofs of before. */
  latency: latencySchema.nullable(),
  /** Where the two part, for the image that differs most; null where nothing differs or no layer does by itself. */
  firstDifference: firstDifferenceSchema.nullable(),
  /** Null where the files hold what was trained, bit by bit; the network they are compared with is rounded alike. */
  rounding: roundingSchema.nullable(),
  /** `cannot-tell`: nothing differs, and a wrong export would hardly differ either. */
  verdict: z.enum(['equal', 'different', 'cannot-tell']),
  /** Why it cannot be told. */
  reason: z.string().nullable(),
  /** The verdict is `equal`. */
  passed: z.boolean(),
})
export type Proof = z.infer<typeof proofSchema>

export const exportSchema = z.object({
  id: z.number().int(),
  /** What it was made of: a trial, or an imported network. */
  trialId: z.number().int().nullable(),
  importId: z.number().int().nullable(),
  format: exportFormatSchema,
  folder: z.string(),
  files: z.array(z.object({ name: z.string(), sizeBytes: z.number(), sha256: z.string() })),
  createdAt: z.string(),
  proof: proofSchema.nullable(),
})
export type Export = z.infer<typeof exportSchema>

export const exportProgressSchema = z.object({
  stage: z.enum(['checking', 'writing', 'proving', 'done']),
  message: z.string(),
  result: exportSchema.nullable(),
})
export type ExportProgress = z.infer<typeof exportProgressSchema>

/** A design that was exported without a trial: nothing of it is stored. */
export const designExportSchema = exportSchema.pick({ format: true, folder: true, files: true, proof: true })
export type DesignExport = z.infer<typeof designExportSchema>
const designExportProgressSchema = exportProgressSchema.extend({ result: designExportSchema.nullable() })
export type DesignExportProgress = z.infer<typeof designExportProgressSchema>

export const exportsContract = {
  /**
   * Checks that the stored weights score as the trial's best epoch did, writes the trial in a format into `folder` (default: in the workspace's exports folder), proves it where it holds trained
   * values, stores both.
   */
  create: oc
    .input(
      z.object({
        /** One of the two. */
        trialId: z.number().int().nullable().default(null),
        importId: z.number().int().nullable().default(null),
        format: exportFormatSchema.default(DEFAULT_EXPORT_FORMAT),
        /** What the format lets choose; the rest takes its default. @throws invalid-input for what it does not have */
        options: exportOptionsSchema.default({}),
        folder: z.string().nullable().default(null),
        /** False: the files are not compared with the trained network, and their metadata says so. */
        prove: z.boolean().default(true),
        /** Compared on every image of the test split, not on a hundred of them. An imported network has none. */
        allImages: z.boolean().default(false),
      }),
    )
    .output(eventIterator(exportProgressSchema)),
  /**
   * Proves an export that was made of a trial of this workspace and lies in `folder`, or has that file, and stores what came of it.
   * @throws not-found, invalid-input for what is no export of trained values
   */
  prove: oc
    .input(z.object({ folder: z.string(), allImages: z.boolean().default(false) }))
    .output(eventIterator(exportProgressSchema)),
  /**
   * Writes a design without a trial into `folder`: its architecture, or with starting weights of `seed` where the format holds weights,
   * which are proven on random images.
   */
  createOfDesign: oc
    .input(
      z.object({
        document: sentDocumentSchema,
        format: exportFormatSchema,
        options: exportOptionsSchema.default({}),
        folder: z.string().nullable().default(null),
        prove: z.boolean().default(true),
        seed: z.number().int().min(0).default(0),
      }),
    )
    .output(eventIterator(designExportProgressSchema)),
  /** One zip beside an export's folder: its files, a README with sample code, class names, the proof. Replaces nothing. */
  bundle: oc.input(z.object({ folder: z.string() })).output(z.object({ file: z.string(), sizeBytes: z.number() })),
  list: oc.input(z.object({ trialId: z.number().int().nullable().default(null) })).output(z.array(exportSchema)),
}
