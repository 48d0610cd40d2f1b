// Rows for tests of what lies above storage.
import { runDefinitionSchema, type RunDefinition, type RunDefinitionInput } from '@shared/search/run'
import type { NewRun } from '../storage/runs'
import type { NewTrial } from '../storage/trials'

export function definition(change: Partial<RunDefinitionInput> = {}): RunDefinition {
  return runDefinitionSchema.parse({
    name: 'a search',
    populationSize: 4,
    generations: 2,
    strategy: { name: 'ga' },
    ...change,
  })
}

export function newRun(id: string, change: Partial<RunDefinitionInput> = {}): NewRun {
  const defined = definition(change)
  return {
    id,
    definition: defined,
    userBlocks: [],
    seeds: [],
    planned: defined.populationSize * defined.generations,
  }
}

export function newTrial(name: string, change: Partial<NewTrial> = {}): NewTrial {
  return {
    genotype: { name },
    document: { name },
    architectureHash: `hash-${name}`,
    evaluationKey: `key-${name}`,
    origin: { operator: 'random', parents: [], crossover: false, mutation: false, reconstructed: [] },
    parameters: 10,
    macs: 100,
    ...change,
  }
}
