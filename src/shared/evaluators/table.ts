// Evaluator `table`: fitness is what the table of the user's space says; nothing is trained. Its column `report` is for the
// report of the finished run alone (docs/rules.md#test-data).
import { z } from 'zod'
import { setting } from '../search/settings'
import type { EvaluatorKind } from './evaluator'

const schema = setting(z.object({ kind: z.literal('table') }), {
  description: 'Looks each architecture up in the table of a space of yours; nothing is trained.',
})

export const tableEvaluator = {
  kind: 'table',
  schema,
  isTraining: false,
  needsData: false,
  reading: ({ space }) => ({
    name: (space.kind === 'user' && space.file.table?.fitness) || 'fitness',
    unit: 'number',
  }),
  refusal: ({ name, table }) =>
    table !== undefined
      ? null
      : {
          reason: `Space ${name} has no table, and the evaluator table reads nothing else.`,
          fix: 'Choose the evaluator training, or search a space file that names a table (docs/spaces.md).',
        },
} satisfies EvaluatorKind<z.infer<typeof schema>>
