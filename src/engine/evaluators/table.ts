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

/** @throws AppError `invalid-architecture` for a key that has no row */
function measuredRow(space: Space, genotype: Genotype) {
  const { table, name } = space
  if (table === undefined) throw new Error(`space ${name} has no table`)
  const row = table.row(genotype)
  if (row !== undefined) return { fitness: row.fitness, costs: costsOf(table, row.costs), report: row.report }
  const [problem = 'the table has no row for it'] = space.problems(genotype)
  throw new AppError('invalid-architecture', `Not in space ${name}: ${problem}.`, 'Add its row to the table.')
}

function createTableEvaluator(space: Space, run: string): Evaluator {
  return {
    // Of this run alone: another one's table may say something else under the same name.
    conditions: ({ genotype }) => ({ table: run, key: space.canonicalKey(genotype) }),
    evaluate: async ({ genotype }): Promise<Evaluation> => {
      const { fitness, costs } = await Promise.resolve(measuredRow(space, space.parse(genotype)))
      return { type: 'finished', fitness, bestEpoch: null, weights: null, costs }
    },
    report: ({ genotype }) => space.table?.row(space.parse(genotype))?.report,
  }
}

export const tableKind: EngineEvaluator = {
  images: () => PUBLISHED_IMAGES,
  // Reading a row takes less time than handing it to somebody else.
  parallel: () => 1,
  prepare: (_tools, { run }) =>
    Promise.resolve({ facts: PUBLISHED_IMAGES, on: (space) => createTableEvaluator(space, run.id) }),
  repeat: (space) => (genotype) => measuredRow(space, genotype),
}
