// What a run's definition says of its objectives: what is made better, and what no architecture may exceed. How trials are compared by
// it is score.ts's.
import { z } from 'zod'
import { setting } from '../search/settings'
import { TARGET_NAMES } from './targets'

/** More than four make every architecture one of the front: nothing is dominated any more. */
const MOST_COSTS = 3

const costName = z.string().min(1).max(100)
const description =
  'Costs to make smaller, one a line: parameters, macs, weightsBytes, trainingBytes, latency, or what the table or the program measures.'

export const fitnessObjective = setting(z.object({ kind: z.literal('fitness') }), {
  description: 'The fitness alone.',
})
export const weightedObjective = setting(
  z.object({
    kind: z.literal('weighted'),
    costs: setting(z.array(costName).min(1).max(MOST_COSTS).default(['macs']), { description, isSimple: true }),
    weights: setting(z.array(z.number().min(0)).min(1).max(MOST_COSTS).default([0.01]), {
      description: 'For each cost, how much fitness one doubling of it must be worth: 0.01 is one percentage point.',
      isSimple: true,
    }),
  }),
  { description: 'Fitness less a price for every doubling of a cost: one figure decides.' },
)
export const paretoObjective = setting(
  z.object({
    kind: z.literal('pareto'),
    costs: setting(z.array(costName).min(1).max(MOST_COSTS).default(['macs']), { description, isSimple: true }),
  }),
  { description: 'The front: every architecture that no other one beats in fitness and in all costs at once.' },
)

export const objectiveSchema = z.discriminatedUnion('kind', [fitnessObjective, weightedObjective, paretoObjective])
export type Objective = z.infer<typeof objectiveSchema>

const limit = (description: string, unit?: string) =>
  setting(z.number().positive().max(1e15).nullable().default(null), {
    description,
    ...(unit !== undefined && { unit }),
  })

export const limitsSchema = z.object({
  target: setting(z.enum(TARGET_NAMES).default('none'), {
    description:
      'Limits by what the network is for. microcontroller: 256 kB of weights and 30 M multiply-accumulates; mobile: 600 M multiply-accumulates.',
    isSimple: true,
  }),
  parameters: limit('Parameters at most. What is above a limit is drawn anew and never trained; null has no limit.'),
  macs: limit('Multiply-accumulates of one image at most; null has no limit.'),
  weightsBytes: limit(
    'Bytes of the weights as float32 at most: the size of the exported file; null has no limit.',
    'bytes',
  ),
  trainingBytes: limit(
    'Bytes that a training step holds at most: outputs of all layers for one batch, weights, gradients, momentum; null has no limit.',
    'bytes',
  ),
})
export type LimitsDefinition = z.infer<typeof limitsSchema>
