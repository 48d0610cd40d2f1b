// What every evaluator must do, through the whole contract: a line for each kind, and the type sees to it that none is forgotten.
import { describe, expect, it } from 'vitest'
import { commandOf } from '@shared/evaluators/command'
import { evaluatorOf, fitnessReading, type EvaluatorKindName } from '@shared/evaluators/registry'
import type { RunDefinition, RunDefinitionInput } from '@shared/search/run'
import { spaceSchema } from '@shared/spaces/schema'
import { fetchTiny, follow, openEngine, tinySearch, type Opened } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

const KEYS = Array.from({ length: 27 }, (_, index) => index.toString(3).padStart(3, '0'))
const TABLE_SPACE = spaceSchema.parse({
  kind: 'user',
  file: {
    format: 'gptnas-space/1',
    name: 'words',
    positions: ['a', 'b', 'c'].map((name) => ({ name, choices: ['thin', 'thick', 'wide'] })),
    table: { file: 'table.csv', key: 'arch', fitness: 'score', costs: [] },
  },
  table: ['arch,score', ...KEYS.map((key, index) => `${key},${index - 13}`)].join('\n'),
})

/** Reads its standard input and prints a fitness that follows from it. */
const PROGRAM =
  'const { key } = JSON.parse(require("fs").readFileSync(0, "utf8")); console.log(JSON.stringify({ fitness: Number(key.at(-1)) - 1 }))'
const COMMAND = {
  kind: 'command',
  program: process.execPath,
  arguments: ['-e', PROGRAM],
} satisfies RunDefinitionInput['evaluator']

/** A search of a few architectures that each kind can evaluate here. */
const SEARCHES: Readonly<Record<EvaluatorKindName, RunDefinition>> = {
  training: tinySearch(),
  proxy: tinySearch({ evaluator: { kind: 'proxy', proxy: 'naswot' } }),
  table: tinySearch({ evaluator: { kind: 'table' }, space: TABLE_SPACE }),
  command: tinySearch({ evaluator: COMMAND, space: TABLE_SPACE }),
}

/** What a person does before they search. */
async function ready(engine: Opened, { evaluator }: RunDefinition): Promise<void> {
  await fetchTiny(engine)
  if (evaluator.kind === 'command') await engine.client.searches.allowCommand(commandOf(evaluator))
}

async function finished(engine: Opened, definition: RunDefinition) {
  const { id } = await engine.client.searches.create({ definition })
  const run = (await follow(engine, id)).at(-1)?.run
  const { trials } = await engine.client.trials.list({ id })
  return { run, trials }
}

describe.each(Object.entries(SEARCHES))('evaluator %s', (kind, definition) => {
  it('is the one of its definition, and its fitness has a name', () => {
    expect(evaluatorOf(definition).kind).toBe(kind)
    expect(fitnessReading(definition).name).not.toBe('')
  })

  it('gives each trial a fitness that reads as it says, and the best of them is the run’s', async () => {
    const engine = await openEngine(temporaryFolder())
    await ready(engine, definition)
    expect((await engine.client.searches.check({ definition })).problems).toEqual([])
    const { run, trials } = await finished(engine, definition)
    expect(run).toMatchObject({ state: 'finished', counts: { finished: 6 } })
    const values = trials.map(({ fitness }) => fitness ?? NaN)
    expect(values.every(Number.isFinite)).toBe(true)
    if (fitnessReading(definition).unit === 'accuracy')
      expect(values.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(run?.bestFitness).toBe(Math.max(...values))
  })

  it('evaluates the same for the same seed', async () => {
    const results = async () => {
      const engine = await openEngine(temporaryFolder())
      await ready(engine, definition)
      const { trials } = await finished(engine, definition)
      return trials.map(({ genotype, fitness }) => ({ genotype, fitness }))
    }
    expect(await results()).toEqual(await results())
  })
})
