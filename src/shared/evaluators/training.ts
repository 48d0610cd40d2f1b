// Evaluator `training`: each architecture is trained on the run's data by its recipe; fitness is the best validation accuracy.
// Data and recipe stand in the definition itself, where they were before there was another evaluator.
import { z } from 'zod'
import { setting } from '../search/settings'
import type { EvaluatorKind } from './evaluator'

const schema = setting(z.object({ kind: z.literal('training') }), {
  description: 'Trains each network on the data and takes its best validation accuracy.',
})

export const trainingEvaluator = {
  kind: 'training',
  schema,
  isTraining: true,
  needsData: true,
  // A final training holds nothing back: what its epochs score are images that it learns from.
  reading: ({ final }: { readonly final?: object | null }) => ({
    name: final == null ? 'validation accuracy' : 'accuracy on images it learned from',
    unit: 'accuracy',
  }),
  refusal: ({ name, undocumented, table }) =>
    undocumented === undefined
      ? null
      : {
          reason: `The architectures of space ${name} cannot be trained: ${undocumented}.`,
          fix:
            table === undefined
              ? 'Describe what each choice builds under "blocks" of the space file (docs/spaces.md).'
              : 'Take their fitness from the table of the space with "evaluator": "table", or describe what each choice builds under "blocks" of the space file (docs/spaces.md).',
        },
} satisfies EvaluatorKind<z.infer<typeof schema>>
