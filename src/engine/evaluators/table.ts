// Evaluator `table`: a trial's fitness and costs are its row in the table of the run's own space, which is stored with the run.
// A key without a row is no architecture (docs/rules.md#order): its trial fails and the run goes on.
import { AppError } from '@shared/errors'
import type { Genotype, MeasuredTable, Space } from '@shared/spaces/space'
import { PUBLISHED_IMAGES } from '@shared/spaces/published-images'
import type { Evaluation, Evaluator } from './evaluator'
import type { EngineEvaluator } from './kind'

function costsOf({ costNames }: MeasuredTable<Genotype>, values: readonly (number | undefined)[]) {
  const measured = costNames.flatMap((name, index): [string, number][] => {
    const value = values[index]
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(measured)
}

function createTableEvaluator(space: Space, run: string): Evaluator {
  const { table, name } = space
  if (table === undefined) throw new Error(`space ${name} has no table`)
  return {
    // Of this run alone: another one's table may say something else under the same name.
    conditions: ({ genotype }) => ({ table: run, key: space.canonicalKey(genotype) }),
    evaluate: ({ genotype }): Promise<Evaluation> => {
      const parsed = space.parse(genotype)
      const row = table.row(parsed)
      if (row === undefined) {
        const [problem = 'the table has no row for it'] = space.problems(parsed)
        return Promise.reject(
          new AppError('invalid-architecture', `Not in space ${name}: ${problem}.`, 'Add its row to the table.'),
        )
      }
      const costs = costsOf(table, row.costs)
      return Promise.resolve({ type: 'finished', fitness: row.fitness, bestEpoch: null, weights: null, costs })
    },
    report: (genotype) => table.row(space.parse(genotype))?.report,
  }
}

export const tableKind: EngineEvaluator = {
  images: () => PUBLISHED_IMAGES,
  // Reading a row takes less time than handing it to somebody else.
  parallel: () => 1,
  prepare: (_tools, { run }) =>
    Promise.resolve({ facts: PUBLISHED_IMAGES, on: (space) => createTableEvaluator(space, run.id) }),
}
