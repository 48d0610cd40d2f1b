// The contract between the engine and one compute: jobs in, progress out. Files cross by path, tensors never.
// The engine trusts a compute's answers only under the lease it gave (docs/rules.md#truth).
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import type { LayerGraph } from '../architecture/layer'
import { exportFormatSchema, exportOptionsSchema } from '../exchange/formats'
import { weightPrecisionSchema } from '../exchange/weight-precision'
import { proxyImagesSchema, proxyNameSchema } from '../evaluators/proxies'
import { recipeSchema } from '../search/recipe'
import { epochSchema } from '../search/trial'
import {
  proposerInfoSchema,
  proposerSpaceSchema,
  proposerTrainingEventSchema,
  proposerTrainingJobSchema,
  suggestionSchema,
} from './proposer'
import { genotypeSchema } from '../spaces/genotype'

/** Declared as what it is read as, so that a graph goes into a job as it is. */
export const layerGraphSchema: z.ZodType<LayerGraph, LayerGraph> = z.object({
  input: z.union([z.tuple([z.number().int()]), z.tuple([z.number().int(), z.number().int(), z.number().int()])]),
  nodes: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      parameters: z.record(
        z.string(),
        z.union([z.number(), z.boolean(), z.string(), z.tuple([z.number(), z.number()])]),
      ),
      inputs: z.array(z.string()),
    }),
  ),
  output: z.string(),
})

/**
 * One split of a prepared data set: raw uint8 images `[count, height, width, channels]` and labels `[count]`, uint8, or uint16
 * little-endian where there are more than 256 classes.
 */
export const splitFilesSchema = z.object({
  images: z.string(),
  labels: z.string(),
  count: z.number().int(),
  shape: z.tuple([z.number(), z.number(), z.number()]),
  classes: z.number().int(),
  mean: z.array(z.number()),
  deviation: z.array(z.number()),
})
export type SplitFiles = z.infer<typeof splitFilesSchema>

export const trainJobSchema = z.object({
  /** Names the attempt; every event carries it back and a stale one is refused. */
  lease: z.string(),
  graph: layerGraphSchema,
  recipe: recipeSchema,
  seed: z.number().int(),
  data: splitFilesSchema,
  /** File of int32 little-endian indices into the train split. */
  trainIndices: z.string(),
  validationIndices: z.string(),
  /** Folder of this trial's checkpoints; training continues from the newest whole one. */
  checkpointFolder: z.string(),
  /** Node ids that are trained; null trains all (paper's acceleration rule 1). */
  trainable: z.array(z.string()).nullable(),
  timeLimitSeconds: z.number().nullable(),
  /** Trains with half the recipe's batch: an earlier attempt was ended by the system for want of memory. Not halved again then. */
  halveBatch: z.boolean().optional(),
  /** Ends after that many epochs, with the result so far; the schedule is that of the whole recipe, and the checkpoint goes on from there. */
  untilEpoch: z.number().int().min(1).optional(),
  /** By epoch, from the first: ends after one where the best accuracy so far is below; null bounds nothing. */
  endBelow: z.array(z.number().nullable()).optional(),
  /** Which epoch's weights are the result: that of the best validation accuracy, as left out, or the last. */
  keep: z.enum(['best', 'last']).optional(),
  /**
   * File of the weights to start from, named by its content's hash, whose normalisation is used, too; arrays that it lacks begin at
   * random. Left out, all do.
   */
  initialWeights: z.string().optional(),
  /** They are those of another architecture: what agrees is taken, were it nothing. */
  inherits: z.boolean().optional(),
})
export type TrainJob = z.infer<typeof trainJobSchema>

export const trainEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('started'),
    lease: z.string(),
    parameters: z.number(),
    resumedFromEpoch: z.number().int(),
    stepsPerEpoch: z.number().int(),
    /** Trains with less than the recipe's batch, for want of memory: it is not halved again. */
    isBatchHalved: z.boolean().optional(),
    /** Arrays that begin with the values of `initialWeights`, where the job inherits. */
    inherited: z.object({ arrays: z.number().int(), of: z.number().int() }).optional(),
    notice: z.string().nullable(),
  }),
  z.object({
    type: z.literal('step'),
    lease: z.string(),
    epoch: z.number().int(),
    step: z.number().int(),
    loss: z.number(),
  }),
  /** A sign of life during validation, which may take longer than a step: images looked at so far, of how many. */
  z.object({
    type: z.literal('validation'),
    lease: z.string(),
    epoch: z.number().int(),
    images: z.number().int(),
    of: z.number().int(),
  }),
  /** Something that a person should read; training goes on. */
  z.object({ type: z.literal('notice'), lease: z.string(), message: z.string() }),
  z.object({ type: z.literal('epoch'), lease: z.string(), epoch: epochSchema }),
  /** `weights`: path of the file with the network's weights at its best epoch. */
  z.object({
    type: z.literal('finished'),
    lease: z.string(),
    bestEpoch: z.number().int(),
    fitness: z.number(),
    weights: z.string(),
    sha256: z.string(),
  }),
])
export type TrainEvent = z.infer<typeof trainEventSchema>

export const selfCheckSchema = z.object({
  oneDnn: z.boolean(),
  groupedConvolution: z.boolean(),
  allocator: z.string(),
  /** Precisions below float32 that were right on this device; absent where none was tried (a processor gains nothing by them). */
  halfPrecision: z.array(z.enum(['mixed-float16', 'mixed-bfloat16'])).optional(),
  notices: z.array(z.string()),
})
export type SelfCheck = z.infer<typeof selfCheckSchema>

export const computeInfoSchema = z.object({
  pid: z.number().int(),
  tensorflow: z.string(),
  binding: z.string(),
  device: z.string(),
  selfCheck: selfCheckSchema,
})
export type ComputeInfo = z.infer<typeof computeInfoSchema>

/** What a network is to look at: raw images of a split, and inputs that are drawn (exchange/random-inputs). */
export const inputsSchema = z.object({
  data: splitFilesSchema,
  indices: z.array(z.number().int().min(0)).min(1).max(50_000),
  random: z.object({ count: z.number().int().min(0).max(1000), seed: z.number().int() }),
})
export type PredictionInputs = z.infer<typeof inputsSchema>
/** A network with its weights file, whose own normalisation is used, not the data set's. */
const predictionRequestSchema = inputsSchema.extend({
  graph: layerGraphSchema,
  weights: z.string(),
  /** Kernels are rounded as an export stores them; left out, they are as they were trained. */
  storedAs: weightPrecisionSchema.optional(),
})
export type PredictionRequest = z.infer<typeof predictionRequestSchema>

const evaluationRequestSchema = z.object({
  graph: layerGraphSchema,
  weights: z.string(),
  data: splitFilesSchema,
  /** File of int32 little-endian indices into the split. */
  indices: z.string(),
})
export type EvaluationRequest = z.infer<typeof evaluationRequestSchema>
const evaluatedSchema = z.object({
  images: z.number().int(),
  /** Mean cross-entropy in nats; null where it is not a finite number. */
  loss: z.number().nullable(),
  /** Fraction in [0, 1]. */
  accuracy: z.number(),
})
export type Evaluated = z.infer<typeof evaluatedSchema>

/** `[inputs, classes]`; null for what is no finite number, which no message carries. */
const rowsSchema = z.array(z.array(z.number().nullable()))
export const predictionSchema = z.object({
  /** Class scores before the softmax, a row an index. */
  logits: rowsSchema,
  labels: z.array(z.number().int()),
  /** The same of the random inputs, which have no label. */
  randomLogits: rowsSchema,
})
export type Prediction = z.infer<typeof predictionSchema>
/** What an export answers: besides, the probabilities that it gives its users. */
export const exportedPredictionSchema = predictionSchema.extend({ probabilities: rowsSchema })
export type ExportedPrediction = z.infer<typeof exportedPredictionSchema>

const traceRequestSchema = z.object({
  graph: layerGraphSchema,
  weights: z.string(),
  data: splitFilesSchema,
  index: z.number().int().min(0),
  /** As of a prediction. */
  storedAs: weightPrecisionSchema.optional(),
  /** Where the values are written. */
  file: z.string(),
})
export type TraceRequest = z.infer<typeof traceRequestSchema>

const startingWeightsRequestSchema = z.object({
  graph: layerGraphSchema,
  seed: z.number().int(),
  /** Of every channel of the images, as shares of 255. */
  mean: z.number(),
  deviation: z.number(),
  file: z.string(),
})
export type StartingWeightsRequest = z.infer<typeof startingWeightsRequestSchema>
const startingWeightsSchema = z.object({ classes: z.number().int() })
export type StartingWeights = z.infer<typeof startingWeightsSchema>

const proxyRequestSchema = z.object({
  graph: layerGraphSchema,
  names: z.array(proxyNameSchema).min(1),
  /** Of the random start, and of which images are looked at. */
  seed: z.number().int(),
  data: splitFilesSchema,
  /** File of int32 little-endian indices into the split: images that train. */
  indices: z.string(),
  images: proxyImagesSchema,
})
export type ProxyRequest = z.infer<typeof proxyRequestSchema>
const measuredProxiesSchema = z.object({
  /** Null for what is no finite number, which no message carries. */
  values: z.partialRecord(proxyNameSchema, z.number().nullable()),
  seed: z.number().int(),
  /** That were looked at: fewer than asked for where there are no more. */
  images: z.number().int(),
})
export type MeasuredProxies = z.infer<typeof measuredProxiesSchema>

const reconstructionRequestSchema = z.object({
  genotype: genotypeSchema,
  positions: z.array(z.number().int()),
  seed: z.number().int(),
  temperature: z.number().positive().default(1),
})
/** `userBlocks`: block documents. */
const proposerContextSchema = z.object({
  checkpoint: z.string(),
  space: proposerSpaceSchema,
  userBlocks: z.array(z.unknown()),
})
const choiceSchema = z.object({
  position: z.number().int(),
  chosen: z.string(),
  probability: z.number(),
  alternatives: z.array(z.object({ name: z.string(), probability: z.number() })),
})

export const computeContract = {
  info: oc.output(computeInfoSchema),
  /**
   * Trains until done; breaking off the iterator stops after the step and keeps the last checkpoint. A resumed training
   * tells the epochs of its checkpoint again first, so the receiver must take an epoch it has as the same fact. A second
   * `started` comes when TensorFlow ran out of memory and training goes on with half the batch.
   * @throws diverged, out-of-memory, time-limit, dataset-damaged
   */
  train: oc.input(trainJobSchema).output(eventIterator(trainEventSchema)),
  /**
   * Answers once no training is under way: after it has been broken off, nothing of it writes or computes any more.
   */
  idle: oc.output(z.object({})),
  /** Refills emptied positions of chain genotypes with the proposer of `checkpoint` (a folder). @throws not-found, invalid-input for a damaged checkpoint or one of another vocabulary */
  reconstruct: oc
    .input(proposerContextSchema.extend({ requests: z.array(reconstructionRequestSchema) }))
    .output(z.array(z.object({ genotype: genotypeSchema, choices: z.array(choiceSchema) }))),
  proposerInfo: oc.input(z.object({ checkpoint: z.string() })).output(proposerInfoSchema),
  /** What could stand at `position`, given the blocks before it; the position may be one past the last. */
  suggest: oc
    .input(
      proposerContextSchema.extend({
        genotype: genotypeSchema,
        position: z.number().int().min(0),
        count: z.number().int().min(1),
      }),
    )
    .output(z.array(suggestionSchema)),
  /** Trains a proposer. @throws invalid-input, diverged, storage-failed */
  trainProposer: oc.input(proposerTrainingJobSchema).output(eventIterator(proposerTrainingEventSchema)),
  /** Writes a network's files in a format, with metadata.json beside them. `weights`: null for formats without trained values. */
  export: oc
    .input(
      z.object({
        format: exportFormatSchema,
        document: z.unknown(),
        graph: layerGraphSchema,
        weights: z.string().nullable(),
        options: exportOptionsSchema.default({}),
        /** Images that ranges of values are taken of: a split and a file of int32 indices into it. */
        calibration: z.object({ data: splitFilesSchema, indices: z.string() }).nullable().default(null),
        folder: z.string(),
        /** SHA-256 by name of what was exported into that folder before. */
        earlier: z.record(z.string(), z.string()).default({}),
        metadata: z.record(z.string(), z.unknown()),
      }),
    )
    .output(z.object({ files: z.array(z.object({ name: z.string(), sizeBytes: z.number(), sha256: z.string() })) })),
  /**
   * Class scores of a trained network on chosen images, one row per index in the order given, with their true labels, and on random
   * inputs.
   * The engine compares them with the proof process's (`proofContract`).
   */
  predict: oc.input(predictionRequestSchema).output(predictionSchema),
  /** Writes every value of a trained network on one image into a file, for looking through an export that computes otherwise. */
  trace: oc.input(traceRequestSchema).output(z.object({})),
  /** Writes the weights that a training of the seed would start with, as a trial's. */
  initialise: oc.input(startingWeightsRequestSchema).output(startingWeightsSchema),
  /** Loss and accuracy of a trained network over the images of an index file, in float32, as the end of an epoch computes them. */
  evaluate: oc.input(evaluationRequestSchema).output(evaluatedSchema),
  /** Zero-cost figures of a network at its random start. @throws invalid-architecture, dataset-damaged */
  proxies: oc.input(proxyRequestSchema).output(measuredProxiesSchema),
}
export type ComputeContract = typeof computeContract
