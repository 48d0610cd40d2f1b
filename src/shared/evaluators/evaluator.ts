// What everybody but the engine knows of an evaluator: what a definition says of it, what it can evaluate, and how its fitness
// is called and reads. How it finds that fitness is src/engine/evaluators'.
import type { z } from 'zod'
import type { SpaceDefinition } from '../spaces/schema'
import type { Space } from '../spaces/space'

/** How a fitness is shown. Higher is better, whatever it is. */
export interface FitnessReading {
  /** What it is called in a sentence: "validation accuracy", or the user's own word. */
  readonly name: string
  /** An accuracy is a fraction in [0, 1] and shown in percent; a number is any number and shown as it is. */
  readonly unit: 'accuracy' | 'number'
}

/** The part of a run's definition that an evaluator may look at for its reading. */
export interface Evaluated<Own> {
  readonly space: SpaceDefinition
  readonly evaluator: Own
  /** Of a final training; null or absent in a search. */
  readonly final?: object | null
}

/** @typeParam Own what a run's definition says of this evaluator: its kind and its own settings */
export interface EvaluatorKind<Own extends { readonly kind: string } = { readonly kind: string }> {
  readonly kind: Own['kind']
  /** Its part of a run's definition: form, command line and documentation are made from it. */
  readonly schema: z.ZodType<Own>
  /** Networks are trained on the run's data by its recipe: trials have epochs and weights, and can be exported. */
  readonly isTraining: boolean
  /** It reads the images of the run's data set. */
  readonly needsData: boolean
  reading(definition: Evaluated<Own>): FitnessReading
  /** Why it cannot evaluate the architectures of a space, and what to do; null where it can. */
  refusal(space: Space): { readonly reason: string; readonly fix: string } | null
}
